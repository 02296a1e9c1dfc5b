import { runCounterFact, type MethodEntry } from '@sakejs/evaluation';
import { checkWritable, createProgress, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { createMethod, loadModel, loadPromptSource, methodNames } from 'sakejs';
import { z } from 'zod';
import { namesAmong, parseOptions, wholeNumber } from './parse-options.js';
import { loadRecords } from './load-records.js';
import { resultTable } from './result-table.js';

const UNEDITED = 'none';

const optionsSchema = z.strictObject({
  suite: z.literal('counterfact', 'expected counterfact'),
  model: z.string().min(1, 'expected embedded or a folder'),
  methods: namesAmong([UNEDITED, ...methodNames]),
  protocol: namesAmong(['paper', 'strict']),
  limit: wholeNumber(1).optional(),
  records: z.string().optional(),
  covered: z.boolean().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  count: wholeNumber(2),
  prompts: z.string().min(1, 'expected template or a file'),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

/** Makes rows of a table from names of methods. */
export function methodEntries(
  names: readonly string[],
  info: Parameters<typeof createMethod>[1],
): MethodEntry[] {
  return names.map((name) => (name === UNEDITED ? { name } : { name, method: createMethod(name, info) }));
}

/** `sake-bench run`: checks the options, runs the suite, prints the table or writes JSON. */
export async function runSuite(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'run');
  const { json } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const dataset = loadRecords(options);
  const prompts = loadPromptSource(options.prompts);
  await using lm = await loadModel(options.model, { threads: options.threads });
  const progress = createProgress('counterfact', { stream: streams.stderr });
  const results = await runCounterFact({
    lm,
    dataset,
    methods: methodEntries(options.methods, lm.info),
    prompts,
    count: options.count,
    protocols: options.protocol,
    seed: options.seed,
    signal,
    onProgress: ({ done, total, what }) => progress.update(done, total, what),
  }).finally(() => progress.end());
  const text = `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `${results.map(resultTable).join('\n\n')}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
}
