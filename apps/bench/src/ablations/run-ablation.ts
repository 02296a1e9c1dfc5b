import { protocolNames, type SuiteResult } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import { checkWritable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import { runFlags } from '../run-flags.js';
import { suiteNames } from '../bench-suites.js';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { namesAmong, parseOptions, wholeNumber } from '../parse-options.js';
import { resultTable } from '../result-table.js';
import { checkErrors } from '../run-suite.js';
import { runJob, type RunJobOptions } from '../run/run-job.js';
import { openRunStores } from '../run/run-stores.js';
import { ablationNames, ablations } from './ablations.js';
import { comparedSources } from './compared-sources.js';
import { sweepTable, thresholdSweeps, type ThresholdSweep } from './threshold-sweep.js';

/** The tables of one ablation; plain JSON. */
export interface AblationResult {
  readonly name: string;
  readonly title: string;
  readonly axis: 'category' | 'number';
  /** One a suite and protocol; rows are the variants. */
  readonly results: readonly SuiteResult[];
  /** Where thresholds are swept: a curve a variant and result. */
  readonly tradeoffs?: readonly ThresholdSweep[];
}

const optionsSchema = z.strictObject({
  ...runFlags,
  ...modelFlags,
  suite: namesAmong(suiteNames),
  protocol: namesAmong(protocolNames),
  limit: wholeNumber(1).optional(),
  sizes: z
    .string()
    .transform((sizes) => sizes.split(',').map(Number))
    .pipe(z.array(wholeNumber(2)).min(1)),
  sources: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().min(1)).min(1))
    .optional(),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

type AblateOptions = Omit<z.output<typeof optionsSchema>, 'sources'> & {
  /** The first is that of ablations which compare no sources. */
  readonly sources: readonly string[];
};

/** `sake-bench ablate NAME…`: runs ablations, prints their tables or writes JSON. */
export async function runAblations(
  names: readonly string[],
  raw: unknown,
  streams: Streams,
  signal: AbortSignal,
): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'ablate');
  const unknown = names.find((name) => !Object.hasOwn(ablations, name));
  if (unknown !== undefined)
    throw new SakeError(
      'invalid-option',
      `sake-bench ablate: expected names among ${ablationNames.join(', ')}, got ${unknown}`,
    );
  const sources = comparedSources(names, options);
  const { json } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const done = await ablate(names, { ...options, sources }, streams, signal);
  const text = `${JSON.stringify(done, null, 2)}\n`;
  const tables = done.flatMap(({ title, results, tradeoffs = [] }) => [
    ...results.map((result) => `${title}\n${resultTable(result)}`),
    ...tradeoffs.map(sweepTable),
  ]);
  streams.stdout.write(json === '-' ? text : `${tables.join('\n\n')}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
  checkErrors(done.flatMap(({ results }) => results));
}

/** Opens the model and runs ablations on it. */
async function ablate(
  names: readonly string[],
  options: AblateOptions,
  streams: Streams,
  signal: AbortSignal,
): Promise<AblationResult[]> {
  const { model, threads, workers, journal, repair = false } = options;
  await using stores = await openRunStores(journal, { repair });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  const graph = graphOf(options);
  await using lm = await openModel(model, { threads, graph, streams, signal });
  return await ablationsOn(names, options, { lm, model, graph, stores, workers, streams, signal });
}

/** What ablations are of, whatever they run on. */
type AblationChoice = Omit<
  AblateOptions,
  keyof typeof modelFlags | 'threads' | 'workers' | 'journal' | 'repair' | 'json'
>;

/** Runs ablations on a model; work that they share is done once. */
export async function ablationsOn(
  names: readonly string[],
  options: AblationChoice,
  running: RunJobOptions,
): Promise<AblationResult[]> {
  const { sources, sizes, count, seed, protocol, suite: suites, ...records } = options;
  const done: AblationResult[] = [];
  for (const name of names) {
    const { title, axis, sweepsThreshold = false } = ablations[name]!;
    const results: SuiteResult[] = [];
    for (const suite of suites)
      results.push(
        ...(await runJob(
          {
            ...{ suite, count, seed, prompts: sources[0]! },
            records: { ...records, seed, ...(name === 'source' && { promptedBy: sources }) },
            methods: { kind: 'ablation', name, sources, sizes },
            protocols: protocol.map((base) => ({ base })),
            alsoOpen: sweepsThreshold,
          },
          { ...running, withQueries: (running.withQueries ?? false) || sweepsThreshold },
        )),
      );
    done.push({
      name,
      title,
      axis,
      results,
      ...(sweepsThreshold && { tradeoffs: thresholdSweeps(results) }),
    });
  }
  return done;
}
