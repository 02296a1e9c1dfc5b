import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  latexTable,
  markdownTable,
  protocolNames,
  protocols,
  publishedTables,
  runSuite,
  type SuiteResult,
} from '@sakejs/evaluation';
import type { CausalLM } from '@sakejs/spec';
import { checkWritable, createProgress, formatDuration, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { loadPromptSource } from 'sakejs';
import { z } from 'zod';
import { ablationsOn, type AblationResult } from '../ablations/run-ablation.js';
import { loadSuites, type SuiteName } from '../bench-suites.js';
import { isModule, knownMethods, methodEntries } from '../method-entries.js';
import { openModel } from '../open-model.js';
import { namesAmong, parseOptions, wholeNumber } from '../parse-options.js';
import { resultTable } from '../result-table.js';
import { DOUBT_LIMIT } from '../run/bench-config.js';
import { openRunStores } from '../run/run-stores.js';
import { checkErrors } from '../run-suite.js';
import { estimateText } from './estimate.js';
import { reproducedAblations, reproducedTables, tableNames } from './reproduced-tables.js';

const optionsSchema = z.strictObject({
  table: namesAmong(tableNames),
  model: z.string().min(1, 'expected embedded, a folder or a hub id'),
  methods: namesAmong(knownMethods, isModule),
  protocol: namesAmong(protocolNames),
  limit: wholeNumber(1),
  ablationLimit: wholeNumber(1),
  records: z.string().optional(),
  popularRecords: z.string().optional(),
  covered: z.boolean().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  count: wholeNumber(2),
  prompts: z.string().min(1, 'expected template or a file'),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  journal: z.string().min(1, 'expected a folder').optional(),
  repair: z.boolean().optional(),
  queries: z.boolean().optional(),
  out: z.string().min(1, 'expected a folder'),
});

type ReproduceOptions = z.output<typeof optionsSchema>;

/** What one run of `reproduce` gave; plain JSON. */
export interface Reproduction {
  readonly results: readonly SuiteResult[];
  readonly ablations: readonly AblationResult[];
  readonly seconds: number;
}

/** `sake-bench reproduce`: runs the paper's tables, prints them and writes JSON, Markdown and LaTeX into a folder. */
export async function runReproduce(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'reproduce');
  const { out, model } = options;
  mkdirSync(out, { recursive: true });
  checkWritable(join(out, 'results.json'));
  const started = performance.now();
  const names = options.table.includes('all') ? tableNames.filter((name) => name !== 'all') : options.table;
  const tables = names.filter((name) => name !== 'ablation').map((name) => reproducedTables[name]!);
  const suiteNames = [...new Set(tables.map(({ suite }) => suite))];
  const edits = suiteNames.length * options.limit;
  await using stores = await openRunStores(options.journal, { repair: options.repair ?? false });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  await using lm = await openModel(model, {
    threads: options.threads,
    streams,
    signal,
    onPlan: ({ totalBytes }) => streams.stderr.write(`${model}: ${estimateText(totalBytes, edits)}\n`),
  });
  const results = await suiteResults(lm, suiteNames, options, stores.options, streams, signal);
  const ablations = names.includes('ablation')
    ? await ablationsOn(lm, reproducedAblations, ablationOptions(options), stores.options, streams, signal)
    : [];
  const seconds = (performance.now() - started) / 1000;
  const reproduction: Reproduction = { results, ablations, seconds };
  const pages = pagesOf(reproduction, names);
  for (const { title, result } of pages) streams.stdout.write(`${title}\n${resultTable(result)}\n\n`);
  writeFiles(out, reproduction, pages, options.queries ?? false);
  streams.stdout.write(`${formatDuration(seconds)} in all; tables in ${out}\n`);
  checkErrors(pages.map(({ result }) => result));
}

async function suiteResults(
  lm: CausalLM,
  names: readonly SuiteName[],
  options: ReproduceOptions,
  stores: Awaited<ReturnType<typeof openRunStores>>['options'],
  streams: Streams,
  signal: AbortSignal,
): Promise<SuiteResult[]> {
  const methods = await methodEntries(options.methods, lm.info);
  const results: SuiteResult[] = [];
  for (const suite of loadSuites(names, { ...options, doubtLimit: Math.min(DOUBT_LIMIT, options.limit) })) {
    const progress = createProgress(suite.name, { stream: streams.stderr });
    const ofSuite = await runSuite({
      ...{ lm, suite, methods, prompts: loadPromptSource(options.prompts) },
      ...{ count: options.count, seed: options.seed, withQueries: options.queries ?? false, signal },
      protocols: options.protocol.map((name) => protocols[name]),
      ...stores,
      onProgress: ({ done, total, what }) => progress.update(done, total, what),
    }).finally(() => progress.end());
    results.push(...ofSuite);
  }
  return results;
}

const ablationOptions = (options: ReproduceOptions) => ({
  ...options,
  limit: options.ablationLimit,
  suite: ['counterfact' as const],
  sizes: [10, 25, 50, 100],
  sources: [options.prompts],
});

/** A result as one of the paper's tables. */
interface Page {
  /** The file's name, without ending. */
  readonly name: string;
  readonly title: string;
  readonly result: SuiteResult;
  readonly published: string;
}

function pagesOf({ results, ablations }: Reproduction, names: readonly string[]): Page[] {
  const ofTables = names
    .filter((name) => name !== 'ablation')
    .flatMap((name) => {
      const { title, suite, published } = reproducedTables[name]!;
      return results
        .filter((result) => result.suite === suite)
        .map((result) => ({ name: `${name}-${result.protocol}`, title, result, published }));
    });
  const ofAblations = ablations.flatMap(({ name, title, results: own }) =>
    own.map((result) => ({
      name: `ablation-${name}-${result.protocol}`,
      title: `Ablation: ${title}`,
      result,
      published: 'ablation',
    })),
  );
  return [...ofTables, ...ofAblations];
}

function writeFiles(
  out: string,
  reproduction: Reproduction,
  pages: readonly Page[],
  withQueries: boolean,
): void {
  const write = (name: string, text: string): void => writeFileAtomic(join(out, name), text);
  const markdown = pages.map(({ title, result, published }) => {
    const beside = { published: publishedTables.filter(({ name }) => name === published) };
    return `## ${title}\n\n${markdownTable(result, beside)}`;
  });
  write('tables.md', `# Results\n\n${markdown.join('\n')}`);
  for (const { name, result, published } of pages)
    write(
      `${name}.tex`,
      latexTable(result, { published: publishedTables.filter((table) => table.name === published) }),
    );
  const { queries: _queries, ...plain } = { queries: undefined, ...reproduction };
  write('results.json', `${JSON.stringify(withQueries ? reproduction : plain, null, 1)}\n`);
}
