import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { protocolNames, type ProtocolName, type SuiteResult } from '@sakejs/evaluation';
import type { ActivationPicture } from '@sakejs/report';
import type { CausalLM } from '@sakejs/spec';
import { checkWritable, formatDuration, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { createMethod, loadPromptSource, localWeightBytes, mappedMethodNames } from 'sakejs';
import { z } from 'zod';
import { runFlags } from '../run-flags.js';
import { ablationsOn } from '../ablations/run-ablation.js';
import { loadSuites, type SuiteName } from '../bench-suites.js';
import { isModule, knownMethods } from '../method-entries.js';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { namesAmong, parseOptions, wholeNumber } from '../parse-options.js';
import { firstPicture } from '../report/first-picture.js';
import { resultTable } from '../result-table.js';
import { DOUBT_LIMIT } from '../run/bench-config.js';
import { runJob, type RunJobOptions } from '../run/run-job.js';
import { openRunStores } from '../run/run-stores.js';
import { checkErrors } from '../run-suite.js';
import { momentsFlags, momentsOf } from '../stats/own-moments.js';
import { EMBEDDED_BYTES, estimateText, type ReproduceWork } from './estimate.js';
import { parallelism } from './parallelism.js';
import { tablePages, writeTables, type Reproduction, type TablePage } from './table-pages.js';
import { reproductionReport } from './reproduction-report.js';
import { reproducedAblations, reproducedTables, tableNames } from './reproduced-tables.js';

const optionsSchema = z.strictObject({
  ...runFlags,
  threads: runFlags.threads.optional(),
  workers: runFlags.workers.optional(),
  table: namesAmong(tableNames),
  ...modelFlags,
  ...momentsFlags,
  methods: namesAmong(knownMethods, isModule),
  protocol: namesAmong(protocolNames),
  limit: wholeNumber(1),
  ablationLimit: wholeNumber(1),
  prompts: z.string().min(1, 'expected template or a file'),
  queries: z.boolean().optional(),
  out: z.string().min(1, 'expected a folder'),
});

type ReproduceOptions = z.output<typeof optionsSchema>;

/** `sake-bench reproduce`: runs the paper's tables, prints them and writes JSON, Markdown, LaTeX and HTML into a folder. */
export async function runReproduce(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'reproduce');
  const { out, model } = options;
  const { threads, workers } = parallelism(model, options);
  mkdirSync(out, { recursive: true });
  checkWritable(join(out, 'results.json'));
  const started = performance.now();
  const names = options.table.includes('all') ? tableNames.filter((name) => name !== 'all') : options.table;
  const tables = names.filter((name) => name !== 'ablation').map((name) => reproducedTables[name]!);
  const suiteNames = [...new Set(tables.map(({ suite }) => suite))];
  const { methods, protocol: protocols, count, limit } = options;
  const work: ReproduceWork = {
    ...{ methods, protocols, count },
    edits: suiteNames.map((suite) => (suite === 'doubt' ? Math.min(DOUBT_LIMIT, limit) : limit)),
    ablated: names.includes('ablation') ? options.ablationLimit : 0,
    workers,
  };
  const tell = (bytes: number): void => void streams.stderr.write(`${model}: ${estimateText(bytes, work)}\n`);
  // A model of the hub is told of below, once its files are known.
  const local = model === 'embedded' ? EMBEDDED_BYTES : await localWeightBytes(model);
  if (local !== undefined) tell(local);
  await using stores = await openRunStores(options.journal, { repair: options.repair ?? false });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  const graph = graphOf(options);
  await using lm = await openModel(model, {
    threads,
    graph,
    streams,
    signal,
    onPlan: ({ totalBytes }) => tell(totalBytes),
  });
  const running = { lm, model, graph, stores, workers, withQueries: true, streams, signal };
  const results = await suiteResults(suiteNames, options, running);
  const ablations = names.includes('ablation')
    ? await ablationsOn(reproducedAblations, ablationOptions(options), running)
    : [];
  const seconds = (performance.now() - started) / 1000;
  const reproduction: Reproduction = { results, ablations, seconds };
  const pages = tablePages(reproduction, names);
  for (const { title, result } of pages) streams.stdout.write(`${title}\n${resultTable(result)}\n\n`);
  writeFiles(out, reproduction, pages, options.queries ?? false);
  const activations = await firstEdit(lm, suiteNames, options, signal);
  const html = reproductionReport({ title: `SAKE's tables on ${model}`, results, ablations, activations });
  writeFileAtomic(join(out, 'report.html'), html);
  streams.stdout.write(`${formatDuration(seconds)} in all; tables in ${out}\n`);
  checkErrors(pages.map(({ result }) => result));
}

/** The protocol whose CounterFact queries are judged with the gate open as well, for the report's threshold trade-off. */
const sweptProtocol = (protocols: readonly ProtocolName[]): ProtocolName =>
  protocols.includes('strict') ? 'strict' : protocols[0]!;

async function suiteResults(
  names: readonly SuiteName[],
  options: ReproduceOptions,
  running: RunJobOptions,
): Promise<SuiteResult[]> {
  const { count, seed, prompts, limit, methods, protocol } = options;
  const { records, popularRecords, covered, split } = options;
  const results: SuiteResult[] = [];
  for (const suite of names)
    results.push(
      ...(await runJob(
        {
          ...{ suite, count, seed, prompts },
          records: {
            ...{ records, popularRecords, covered, split, limit, seed },
            doubtLimit: Math.min(DOUBT_LIMIT, limit),
          },
          methods: { kind: 'named', names: methods },
          moments: momentsOf(options),
          protocols: protocol.map((base) => ({ base })),
          alsoOpen: suite === 'counterfact' && [sweptProtocol(protocol)],
        },
        running,
      )),
    );
  return results;
}

const ablationOptions = ({
  records,
  covered,
  split,
  count,
  seed,
  protocol,
  ...options
}: ReproduceOptions) => ({
  ...{ records, covered, split, count, seed, protocol },
  limit: options.ablationLimit,
  suite: ['counterfact' as const],
  sizes: [10, 25, 50, 100],
  sources: [options.prompts],
});

function writeFiles(
  out: string,
  reproduction: Reproduction,
  pages: readonly TablePage[],
  withQueries: boolean,
): void {
  writeTables(out, pages);
  const shown = (key: string, value: unknown): unknown =>
    key === 'queries' && !withQueries ? undefined : value;
  writeFileAtomic(join(out, 'results.json'), `${JSON.stringify(reproduction, shown, 1)}\n`);
}

/** A picture of the first edit of the first suite, by the first method that maps activations. */
async function firstEdit(
  lm: CausalLM,
  suites: readonly SuiteName[],
  options: ReproduceOptions,
  signal: AbortSignal,
): Promise<ActivationPicture[]> {
  const [name] = suites;
  const mapped = options.methods.find((method) => mappedMethodNames.includes(method));
  if (name === undefined || mapped === undefined) return [];
  const { cases } = loadSuites([name], { ...options, limit: 1 })[0]!;
  const { count, seed } = options;
  const prompts = loadPromptSource(options.prompts);
  const methods = [createMethod(mapped, lm.info)];
  const picture = await firstPicture({ lm, cases, methods, prompts, count, seed, signal });
  return picture === undefined ? [] : [picture];
}
