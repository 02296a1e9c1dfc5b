import { protocolNames, protocols, runSuite, type MethodEntry, type SuiteResult } from '@sakejs/evaluation';
import { SakeError, type CausalLM } from '@sakejs/spec';
import { checkWritable, createProgress, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { loadPromptSource } from 'sakejs';
import { z } from 'zod';
import { loadSuites, suiteNames } from '../bench-suites.js';
import { openModel } from '../open-model.js';
import { namesAmong, parseOptions, wholeNumber } from '../parse-options.js';
import { resultTable } from '../result-table.js';
import { checkErrors } from '../run-suite.js';
import { openRunStores, type RunStores } from '../run/run-stores.js';
import { ablationNames, ablations } from './ablations.js';
import { nestedPrompts } from './nested-prompts.js';

/** The tables of one ablation; plain JSON. */
export interface AblationResult {
  readonly name: string;
  readonly title: string;
  readonly axis: 'category' | 'number';
  /** One a suite and protocol; rows are the variants. */
  readonly results: readonly SuiteResult[];
}

const optionsSchema = z.strictObject({
  model: z.string().min(1, 'expected embedded or a folder'),
  suite: namesAmong(suiteNames),
  protocol: namesAmong(protocolNames),
  limit: wholeNumber(1).optional(),
  records: z.string().optional(),
  popularRecords: z.string().optional(),
  covered: z.boolean().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  count: wholeNumber(2),
  sizes: z
    .string()
    .transform((sizes) => sizes.split(',').map(Number))
    .pipe(z.array(wholeNumber(2)).min(1)),
  sources: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().min(1)).min(1)),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  journal: z.string().min(1, 'expected a folder').optional(),
  repair: z.boolean().optional(),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

type AblateOptions = z.output<typeof optionsSchema>;

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
  const { json } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const done = await ablate(names, options, streams, signal);
  const text = `${JSON.stringify(done, null, 2)}\n`;
  const tables = done.flatMap(({ title, results }) => results.map((result) => `${title}\n${resultTable(result)}`));
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
  await using stores = await openRunStores(options.journal, { repair: options.repair ?? false });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  await using lm = await openModel(options.model, { threads: options.threads, streams, signal });
  return ablationsOn(lm, names, options, stores.options, streams, signal);
}

/** Runs ablations on a model; work that they share, as the frozen method's, is done once. */
export async function ablationsOn(
  lm: CausalLM,
  names: readonly string[],
  options: Omit<AblateOptions, 'model' | 'threads' | 'journal' | 'repair' | 'json'>,
  stores: RunStores['options'],
  streams: Streams,
  signal: AbortSignal,
): Promise<AblationResult[]> {
  const suites = loadSuites(options.suite, options);
  const largest = Math.max(...options.sizes);
  const sources = options.sources.map((name) => ({
    name,
    prompts: nestedPrompts(loadPromptSource(name), largest),
  }));
  const done: AblationResult[] = [];
  for (const name of names) {
    const { title, axis, variants } = ablations[name]!;
    const methods: MethodEntry[] = [
      { name: 'none' },
      ...variants({ info: lm.info, sources, sizes: options.sizes }),
    ];
    const results: SuiteResult[] = [];
    for (const suite of suites) {
      const progress = createProgress(`${name}, ${suite.name}`, { stream: streams.stderr });
      const ofSuite = await runSuite({
        ...{ lm, suite, methods, prompts: loadPromptSource(options.sources[0]) },
        ...{ count: options.count, seed: options.seed, signal },
        protocols: options.protocol.map((protocol) => protocols[protocol]),
        ...stores,
        onProgress: ({ done: finished, total, what }) => progress.update(finished, total, what),
      }).finally(() => progress.end());
      results.push(...ofSuite);
    }
    done.push({ name, title, axis, results });
  }
  return done;
}
