import { compareGates, formatShare, gateColumns, type GateRow } from '@sakejs/evaluation';
import { createProgress, formatTable, writeFileAtomic, checkWritable, type Streams } from '@sakejs/terminal';
import { loadPromptSource } from 'sakejs';
import { z } from 'zod';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { loadRecords } from '../load-records.js';
import { gateMethod, gateNames } from './gate-methods.js';

const optionsSchema = z.strictObject({
  ...modelFlags,
  gates: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .pipe(
      z.array(z.enum(gateNames as [string, ...string[]], `expected names among ${gateNames.join(', ')}`)),
    ),
  limit: wholeNumber(1).optional(),
  records: z.string().optional(),
  covered: z.boolean().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  count: wholeNumber(2),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

/** `sake-bench gates`: how often each gate lets each kind of prompt in. */
export async function runGates(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'gates');
  const { json, seed, count, threads } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const dataset = loadRecords(options);
  await using lm = await openModel(options.model, { threads, graph: graphOf(options), streams, signal });
  const progress = createProgress('gates', { stream: streams.stderr });
  const rows = await compareGates({
    lm,
    dataset,
    gates: options.gates.map((name) => gateMethod(name, lm.info)),
    prompts: loadPromptSource(),
    count,
    seed,
    signal,
    onProgress: (done, total) => progress.update(done, total),
  }).finally(() => progress.end());
  const { name, sha256 } = dataset;
  const result = { model: lm.info, data: { name, sha256 }, edits: dataset.records.length, count, seed, rows };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `${gateTable(rows)}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
}

function gateTable(rows: readonly GateRow[]): string {
  const percent = (value: number | null): string => (value === null ? 'n = 0' : formatShare(value));
  const counts = rows[0]?.columns;
  return [
    'share of prompts let in, %: the first four columns should be high, the others low',
    formatTable(
      ['gate', ...gateColumns.map((column) => `${column} (n=${counts?.[column].n ?? 0})`)],
      rows.map(({ gate, columns }) => [gate, ...gateColumns.map((column) => percent(columns[column].value))]),
    ),
  ].join('\n');
}
