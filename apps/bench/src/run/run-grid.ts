import type { SuiteResult } from '@sakejs/evaluation';
import type { ActivationPicture } from '@sakejs/report';
import { SakeError, type CausalLM } from '@sakejs/spec';
import type { Streams } from '@sakejs/terminal';
import { loadPromptSource } from 'sakejs';
import { besideGraph, graphOf } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { methodEntries } from '../method-entries.js';
import { firstPicture, mayMap } from '../report/first-picture.js';
import { momentsOf } from '../stats/own-moments.js';
import { protocolChoices, type BenchConfig } from './bench-config.js';
import { runJob } from './run-job.js';
import { openRunStores } from './run-stores.js';
import { counterfactualOf, mapperModulesOf, suiteOf, type SuiteJob } from './suite-job.js';

export interface GridOptions {
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Folder in which finished work is kept. Default: nothing is. */
  readonly journal?: string | undefined;
  /** Go on with a damaged journal, computing again what was lost. Default false. */
  readonly repair?: boolean;
  /** Whether results hold every query. Default false. */
  readonly withQueries?: boolean;
  /** Whether each query is judged with the own edit's gate open as well, for threshold sweeps. Default false. */
  readonly alsoOpen?: boolean;
  /** Takes a picture of activations: of the first suite's first edit that can be learned, on the first model. */
  readonly onPicture?: (picture: ActivationPicture) => void;
}

/** Runs every cell of a grid: models outermost, then seeds, then suites; one result a protocol. */
export async function runGrid(config: BenchConfig, options: GridOptions): Promise<SuiteResult[]> {
  const { streams, signal, journal, repair = false, withQueries = false, alsoOpen = false } = options;
  const jobs = jobsOf(config, alsoOpen);
  for (const job of jobs) suiteOf(job); // Every file is read before any model is loaded.
  await using stores = await openRunStores(journal, { modules: mapperModulesOf(jobs[0]!), repair });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  const { threads, workers } = config;
  const graph = graphOf(config);
  const results: SuiteResult[] = [];
  for (const model of config.models) {
    await using lm: CausalLM = await openModel(model, { threads, graph, streams, signal });
    const name = counterfactualOf(jobs[0]!);
    await using counterfactual =
      name === undefined
        ? undefined
        : await openModel(name, { threads, graph: besideGraph(graph), streams, signal });
    // Before the work: where there is none to take, no results are lost.
    if (options.onPicture !== undefined && model === config.models[0])
      options.onPicture(await pictureOf(config, jobs[0]!, lm, signal));
    for (const job of jobs)
      results.push(
        ...(await runJob(job, {
          ...{ lm, counterfactual, model, graph, stores, workers, withQueries, streams, signal },
        })),
      );
  }
  return results;
}

async function pictureOf(
  { methods: names, mapper, settings }: BenchConfig,
  job: SuiteJob,
  lm: CausalLM,
  signal: AbortSignal,
): Promise<ActivationPicture> {
  const entries = await methodEntries(names.filter(mayMap), lm.info, { mapper, settings });
  const picture = await firstPicture({
    ...{ lm, cases: suiteOf(job).cases, count: job.count, seed: job.seed, signal },
    methods: entries.map(({ method }) => method!),
    prompts: loadPromptSource(job.prompts),
  });
  if (picture !== undefined) return picture;
  throw new SakeError(
    'not-enough-data',
    `runGrid: expected an edit of ${names.join(', ')} that maps activations, got none that could be learned`,
  );
}

function jobsOf(config: BenchConfig, alsoOpen: boolean): SuiteJob[] {
  const { methods: names, mapper, settings, counterfactual, classifierEdits } = config;
  const { prompts, count, records, popularRecords, split, limit, covered, doubtLimit } = config;
  return config.seeds.flatMap((seed) =>
    config.suites.map((suite) => ({
      ...{ suite, prompts, count, seed, alsoOpen },
      records: { records, popularRecords, split, limit, covered, doubtLimit, seed },
      methods: { kind: 'named' as const, names, mapper, settings, counterfactual, classifierEdits },
      protocols: protocolChoices(config),
      moments: momentsOf(config),
    })),
  );
}
