import {
  counterFactSuite,
  createProtocol,
  runSuite,
  type CounterFactDataset,
  type Suite,
} from '@sakejs/evaluation';
import { SakeError, type ModelInfo } from '@sakejs/spec';
import { checkWritable, createProgress, formatTable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { createMethod, loadPromptSource } from 'sakejs';
import { z } from 'zod';
import { loadRecords } from '../load-records.js';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { openRunStores } from '../run/run-stores.js';
import { editCopies, learnSome, noPrompts } from './edit-copies.js';

const optionsSchema = z.strictObject({
  ...modelFlags,
  edits: wholeNumber(1),
  learned: wholeNumber(1),
  asked: wholeNumber(1),
  records: z.string().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  count: wholeNumber(2),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

type MemoryOptions = z.output<typeof optionsSchema>;

/** Memory of the process at one moment of the run. */
export interface MemorySample {
  readonly when: string;
  /** Resident bytes above those with the model loaded. */
  readonly bytes: number;
}

/** Memory of a run; plain JSON. */
export interface MemoryResult {
  readonly model: string;
  /** Versions, device and graph. */
  readonly runtime: ModelInfo['runtime'];
  readonly edits: number;
  /** Mean bytes of an edit's file. */
  readonly editBytes: number;
  /** Resident bytes of the program with the model loaded. */
  readonly baseline: number;
  readonly samples: readonly MemorySample[];
  /** Largest of all moments, above the baseline. */
  readonly peak: number;
}

/** How often memory is noted while edits are made. */
const STEPS = 4;

/**
 * `sake-bench memory`: what a run with many live edits takes above the model.
 *
 * Some edits are learned; the runner is then given as many as asked for, copies of those, and scores a few cases with each
 * alone and with all of them live.
 */
export async function runMemory(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'memory');
  const { json } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const result = await measure(options, streams, signal);
  const text = `${JSON.stringify(result, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `${memoryTable(result)}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
}

async function measure(options: MemoryOptions, streams: Streams, signal: AbortSignal): Promise<MemoryResult> {
  const { model, edits, count, seed, threads } = options;
  const dataset = loadRecords({ records: options.records, split: options.split });
  await using lm = await openModel(model, { threads, graph: graphOf(options), streams, signal });
  const baseline = resident();
  await using stores = await openRunStores(undefined);
  const learned = await learnSome(
    dataset.records.map(({ request }) => request),
    {
      ...{ lm, count, seed, signal, wanted: options.learned },
      method: createMethod('sake', lm.info, { targets: 'all' }),
      prompts: loadPromptSource(),
    },
  );
  const method = await editCopies(learned);
  const suite = manyCases(dataset, options);
  const samples: MemorySample[] = [];
  let peak = 0;
  const note = (when?: string): void => {
    const bytes = resident() - baseline;
    peak = Math.max(peak, bytes);
    if (when !== undefined) samples.push({ when, bytes });
  };
  note('first edits learned');
  const progress = createProgress('memory', { stream: streams.stderr });
  const marks = new Set(Array.from({ length: STEPS }, (_, step) => Math.round((edits * (step + 1)) / STEPS)));
  const [, strict] = await runSuite({
    ...{ lm, suite, prompts: noPrompts, seed, signal, ...stores.options },
    methods: [{ name: method.name, method }],
    protocols: [createProtocol('paper'), createProtocol('strict')],
    onProgress: ({ done, total, what }) => {
      progress.update(done, total, what);
      note(marks.has(done) ? `${done} edits made` : done === edits + 1 ? `${edits} edits live` : undefined);
    },
  }).finally(() => progress.end());
  note('the end');
  const bytes = strict!.rows[0]!.cost.bytes;
  if (bytes === null)
    throw new SakeError('not-enough-data', `sake-bench memory: expected ${edits} edits, got none`);
  return { model: lm.info.id, runtime: lm.info.runtime, edits, editBytes: bytes, baseline, samples, peak };
}

/** As many cases as edits, records again and again under other subjects; only some of them are asked anything. */
function manyCases(dataset: CounterFactDataset, { edits, asked }: MemoryOptions): Suite {
  const { records } = dataset;
  const many = Array.from({ length: edits }, (_, index) => {
    const record = records[index % records.length]!;
    const { request } = record;
    const subject = `${request.subject} ${1 + Math.floor(index / records.length)}`;
    return { ...record, caseId: index, request: { ...request, subject } };
  });
  const every = Math.max(1, Math.floor(edits / asked));
  const suite = counterFactSuite({ ...dataset, records: many });
  return {
    ...suite,
    cases: suite.cases.map((item, index) => (index % every === 0 ? item : { ...item, queries: [] })),
  };
}

/** Resident bytes, garbage gone where the process may say so (`node --expose-gc`). */
function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

function memoryTable({ model, edits, editBytes, baseline, samples, peak }: MemoryResult): string {
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  return [
    `${edits} edits of ${(editBytes / 1000).toFixed(0)} kB on ${model}; MiB above ${mebibytes(baseline)} with the model`,
    formatTable(
      ['when', 'MiB'],
      [...samples, { when: 'largest', bytes: peak }].map(({ when, bytes }) => [when, mebibytes(bytes)]),
    ),
  ].join('\n');
}
