import { protocolNames, protocols, runSuite as runOne, type SuiteResult } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import { checkWritable, createProgress, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { loadModel, loadPromptSource } from 'sakejs';
import { z } from 'zod';
import { loadSuites, suiteNames } from './bench-suites.js';
import { isModule, knownMethods, methodEntries } from './method-entries.js';
import { namesAmong, parseOptions, wholeNumber } from './parse-options.js';
import { resultTable } from './result-table.js';

const optionsSchema = z.strictObject({
  suite: namesAmong(suiteNames),
  model: z.string().min(1, 'expected embedded or a folder'),
  methods: namesAmong(knownMethods, isModule),
  mapper: z.string().min(1, 'expected a mapper or a module').optional(),
  protocol: namesAmong(protocolNames),
  limit: wholeNumber(1).optional(),
  records: z.string().optional(),
  popularRecords: z.string().optional(),
  covered: z.boolean().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  count: wholeNumber(2),
  prompts: z.string().min(1, 'expected template or a file'),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  queries: z.boolean().optional(),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

/** `sake-bench run`: checks the options, runs the suites, prints their tables or writes JSON. */
export async function runSuite(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'run');
  const { json } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const suites = loadSuites(options.suite, options);
  const prompts = loadPromptSource(options.prompts);
  await using lm = await loadModel(options.model, { threads: options.threads });
  const methods = await methodEntries(options.methods, lm.info, options.mapper);
  const results: SuiteResult[] = [];
  for (const suite of suites) {
    const progress = createProgress(suite.name, { stream: streams.stderr });
    const ofSuite = await runOne({
      lm,
      suite,
      methods,
      prompts,
      count: options.count,
      protocols: options.protocol.map((name) => protocols[name]),
      seed: options.seed,
      withQueries: options.queries ?? false,
      signal,
      onProgress: ({ done, total, what }) => progress.update(done, total, what),
    }).finally(() => progress.end());
    results.push(...ofSuite);
  }
  const text = `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `${results.map(resultTable).join('\n\n')}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
  checkErrors(results);
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
