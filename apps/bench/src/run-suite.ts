import { protocolNames, type SuiteResult } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import { checkWritable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { mappedMethodNames } from 'sakejs';
import { z } from 'zod';
import { graphOf, modelFlags } from './model-flags.js';
import { runFlags } from './run-flags.js';
import { suiteNames } from './bench-suites.js';
import { isModule, knownMethods } from './method-entries.js';
import { checkSettings, methodSettingsFlag } from './method-settings.js';
import { namesAmong, parseOptions, wholeNumber } from './parse-options.js';
import { mayMap } from './report/first-picture.js';
import { resultTable } from './result-table.js';
import { DOUBT_LIMIT, readBenchConfig, type BenchConfig } from './run/bench-config.js';
import { momentsFlags } from './stats/own-moments.js';
import { runGrid } from './run/run-grid.js';

const optionsSchema = z.strictObject({
  ...runFlags,
  config: z.string().min(1).optional(),
  suite: namesAmong(suiteNames),
  ...modelFlags,
  methods: namesAmong(knownMethods, isModule),
  mapper: z.string().min(1, 'expected a mapper or a module').optional(),
  set: methodSettingsFlag,
  counterfactual: z.string().min(1, 'expected embedded, a folder or a hub id').optional(),
  classifierEdits: wholeNumber(2).optional(),
  ...momentsFlags,
  protocol: namesAmong(protocolNames),
  limit: wholeNumber(1).optional(),
  prompts: z.string().min(1, 'expected template or a file'),
  queries: z.boolean().optional(),
  tradeoff: z.boolean().optional(),
  activations: z.string().min(1, 'expected a file').optional(),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

/** `sake-bench run`: checks the options, runs the grid, prints its tables or writes JSON. */
export async function runSuites(
  raw: unknown,
  given: ReadonlySet<string>,
  streams: Streams,
  signal: AbortSignal,
): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'run');
  const { json, journal, repair = false, tradeoff = false, activations } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const config = configOf(options, given);
  if (activations !== undefined) checkActivations(activations, config);
  const results = await runGrid(config, {
    streams,
    signal,
    journal,
    repair,
    withQueries: (options.queries ?? false) || tradeoff,
    alsoOpen: tradeoff,
    ...(activations !== undefined && {
      onPicture: (picture) => writeFileAtomic(activations, `${JSON.stringify([picture])}\n`),
    }),
  });
  writeResults(results, json, streams);
}

/** Checks that a picture of activations can be taken and kept, before any work. */
function checkActivations(file: string, { methods }: BenchConfig): void {
  checkWritable(file);
  if (methods.some(mayMap)) return;
  throw new SakeError(
    'invalid-option',
    `sake-bench run: expected a method that maps activations (${mappedMethodNames.join(', ')}) for --activations, got ${methods.join(', ')}`,
  );
}

/** Prints tables, or writes the results where `--json` says; then fails if work failed. */
export function writeResults(
  results: readonly SuiteResult[],
  json: string | undefined,
  streams: Streams,
): void {
  const text = `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `${results.map(resultTable).join('\n\n')}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
  checkErrors(results);
}

const besideConfig: ReadonlySet<string> = new Set([
  'config',
  'journal',
  'repair',
  'queries',
  'tradeoff',
  'activations',
  'json',
]);

/** The grid of `--config`, or of the flags. */
function configOf(options: z.output<typeof optionsSchema>, given: ReadonlySet<string>): BenchConfig {
  if (options.config !== undefined) {
    const stray = [...given].find((flag) => !besideConfig.has(flag));
    if (stray !== undefined)
      throw new SakeError(
        'invalid-option',
        `sake-bench run: expected --config alone with ${[...besideConfig]
          .slice(1)
          .map((flag) => `--${flag}`)
          .join(', ')}, got --${stray} too; put it into the file`,
      );
    return readBenchConfig(options.config);
  }
  const { suite, model, protocol, seed, covered = false, methods, count, prompts, split } = options;
  const { threads, workers } = options;
  const { mapper, set: settings, counterfactual, classifierEdits, limit, records, popularRecords } = options;
  checkSettings(settings, methods, 'run');
  return {
    ...{ suites: suite, models: [model], protocols: protocol, seeds: [seed], covered },
    ...{ threads, workers },
    ...{ methods, count, prompts, split, mapper, limit, records, popularRecords },
    ...{ settings, counterfactual, classifierEdits },
    ...{ corpus: options.corpus, corpusTokens: options.corpusTokens },
    ...graphOf(options),
    doubtLimit: DOUBT_LIMIT,
  };
}

/** @throws {SakeError} `not-enough-data` when work failed that results count as failures. */
export function checkErrors(results: readonly SuiteResult[]): void {
  const errors = results.flatMap(({ rows }) => rows.flatMap(({ errors: all }) => all));
  if (errors.length === 0) return;
  throw new SakeError(
    'not-enough-data',
    `sake-bench: expected every unit of work to be done, got ${errors.length} that failed and count as failures; ` +
      `the first, ${errors[0]!.what} ${errors[0]!.case}: ${errors[0]!.message}`,
  );
}
