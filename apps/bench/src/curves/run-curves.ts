import {
  counterFactSuite,
  protocols,
  runSuite,
  type CounterFactRecord,
  type MetricValue,
} from '@sakejs/evaluation';
import { SakeError, type ModelInfo } from '@sakejs/spec';
import { checkWritable, createProgress, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { loadPromptSource, methodNames } from 'sakejs';
import { z } from 'zod';
import { loadRecords } from '../load-records.js';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { namesAmong, parseOptions, wholeNumber } from '../parse-options.js';
import { methodEntries } from '../method-entries.js';
import { curveTable } from './curve-table.js';
import { nestedSource, prepareSources, type PreparedSource } from './prepare-source.js';

/** One point of a curve. */
export interface CurvePoint {
  readonly source: string;
  readonly prompts: number;
  readonly method: string;
  /** Edits that could be learned; the others are scored without. */
  readonly learned: number;
  /** Why the first of the others could not be learned. */
  readonly notLearned?: string;
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly seconds: number;
}

/** Curves over the number of prompts, and what they were measured on. */
export interface CurveResult {
  readonly model: Pick<ModelInfo, 'id' | 'sha256' | 'runtime'>;
  readonly data: { readonly name: string; readonly sha256: string };
  /** The records that every source serves; all points are of these. */
  readonly edits: number;
  readonly seed: number;
  readonly points: readonly CurvePoint[];
}

const optionsSchema = z.strictObject({
  ...modelFlags,
  sources: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .refine(
      (names) => names.every((name, at) => name !== '' && names.indexOf(name) === at),
      'expected template and files, each once',
    ),
  sizes: z
    .string()
    .transform((sizes) => sizes.split(',').map(Number))
    .pipe(z.array(wholeNumber(1)).min(1))
    .transform((sizes) => [...new Set(sizes)].sort((a, b) => a - b)),
  methods: namesAmong(methodNames),
  limit: wholeNumber(1).optional(),
  records: z.string().optional(),
  covered: z.boolean().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

/**
 * `sake-bench curves`: accuracy and generality against the number of prompts, for each source.
 *
 * Sizes are nested, and every point is of the same records: those that all sources serve. A file with fewer prompts
 * ends its curve at the number that it has for each of them.
 */
export async function runCurves(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const { limit, ...options } = parseOptions(optionsSchema, raw, 'curves');
  const { json, sizes, seed, threads } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const dataset = loadRecords(options);
  const smallest = sizes[0]!;
  const largest = sizes.at(-1)!;
  const sources = options.sources.map((name): PreparedSource => ({
    name,
    source: loadPromptSource(name),
    distributions: new Map(),
  }));
  // Files first: they serve few records, and the template source need make prompts for no others.
  const cheapestFirst = [...sources].sort(
    (a, b) => Number(a.name === 'template') - Number(b.name === 'template'),
  );
  const progress = createProgress('curves', { stream: streams.stderr });
  try {
    const records = await prepareSources(cheapestFirst, dataset.records, {
      largest,
      smallest,
      limit,
      seed,
      signal,
      onRecord: (done) => progress.update(done, dataset.records.length, 'making prompts'),
    });
    progress.end();
    if (records.length === 0)
      throw new SakeError(
        'not-enough-data',
        `sake-bench curves: expected a record with ${smallest} prompts of every source, got none of ${dataset.records.length}; ask for smaller --sizes, or name the records that the files are for`,
      );
    await using lm = await openModel(options.model, { threads, graph: graphOf(options), streams, signal });
    const runs = sources.flatMap((source) =>
      sizesOf(source, records, sizes).map((size) => ({ source, size })),
    );
    const scoring = createProgress('curves', { stream: streams.stderr });
    const points: CurvePoint[] = [];
    for (const [index, { source, size }] of runs.entries()) {
      const [result] = await runSuite({
        lm,
        suite: counterFactSuite({ ...dataset, records }),
        methods: await methodEntries(options.methods, lm.info),
        prompts: nestedSource(source, { subsetSeed: seed }),
        count: size,
        protocols: [protocols.paper],
        seed,
        signal,
        onProgress: ({ done: scored, what }): void =>
          scoring.update(
            index * records.length + scored,
            runs.length * records.length,
            `${source.name} ${size}: ${what}`,
          ),
      }).finally(() => scoring.end());
      for (const { method, metrics, learned, seconds, warnings } of result!.rows) {
        const notLearned = warnings.find((warning) => warning.includes('was not learned'));
        points.push({
          source: source.name,
          prompts: size,
          method,
          learned,
          ...(notLearned === undefined ? {} : { notLearned }),
          metrics,
          seconds,
        });
      }
    }
    const { name, sha256 } = dataset;
    const { id, sha256: modelSha256, runtime } = lm.info;
    const result: CurveResult = {
      model: { id, sha256: modelSha256, runtime },
      data: { name, sha256 },
      edits: records.length,
      seed,
      points,
    };
    const text = `${JSON.stringify(result, null, 2)}\n`;
    streams.stdout.write(json === '-' ? text : `${curveTable(result)}\n`);
    if (json !== undefined && json !== '-') writeFileAtomic(json, text);
  } finally {
    progress.end();
  }
}

/** The sizes that the source has for every record, and where those end early, all that it has. */
export function sizesOf(
  { distributions }: PreparedSource,
  records: readonly CounterFactRecord[],
  sizes: readonly number[],
): number[] {
  const most = Math.min(...records.map((record) => distributions.get(record)!.prompts.length));
  const fitting = sizes.filter((size) => size <= most);
  return most < sizes.at(-1)! && !fitting.includes(most) ? [...fitting, most] : fitting;
}
