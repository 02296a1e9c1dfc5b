import { resolve } from 'node:path';
import { corpusHash, keyMomentsKey } from '@sakejs/baselines';
import { layerAccess, type CausalLM, type ModelInfo } from '@sakejs/spec';
import { checkWritable, createProgress, formatTable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { keyMomentsDirectory, keyMomentsTokens, modelKeyMoments, momentsLayers, ownCorpus } from 'sakejs';
import { z } from 'zod';
import { graphFlags, graphOf } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { corpusFile } from './corpus-file.js';

const layersSchema = z
  .string()
  .transform((text) => text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part))))
  .pipe(z.array(wholeNumber(0)));

const optionsSchema = z.strictObject({
  ...graphFlags,
  layers: layersSchema.optional(),
  corpus: z.string().min(1, 'expected a file').optional(),
  tokens: wholeNumber(1).optional(),
  out: z.string().min(1, 'expected a folder').optional(),
  threads: wholeNumber(1),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

/** Moments of one block; plain JSON. */
export interface StatsOfLayer {
  readonly layer: number;
  /** Width of a key. */
  readonly size: number;
  /** Tokens counted. */
  readonly tokens: number;
  /** Mean square of a key's entries. */
  readonly meanSquare: number;
  readonly file: string;
  readonly seconds: number;
}

export interface StatsResult {
  readonly model: string;
  /** Versions, device and graph. */
  readonly runtime: ModelInfo['runtime'];
  /** SHA-256 of the corpus. */
  readonly corpus: string;
  readonly layers: readonly StatsOfLayer[];
}

/** `sake-bench stats`: second moments of a model's MLP keys, collected or found on disk. */
export async function runStats(
  model: string,
  raw: unknown,
  streams: Streams,
  signal: AbortSignal,
): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'stats');
  const { json, threads, corpus } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  await using lm = await openModel(model, { threads, graph: graphOf(options), streams, signal });
  const texts = corpus === undefined ? ownCorpus : () => corpusFile(corpus);
  const hash = await corpusHash(texts());
  const layers: StatsOfLayer[] = [];
  for (const layer of options.layers ?? momentsLayers(lm.info))
    layers.push(await statsOf(lm, { ...options, layer, texts, hash, streams, signal }));
  const result: StatsResult = { model: lm.info.id, runtime: lm.info.runtime, corpus: hash, layers };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `${statsTable(result)}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
}

interface LayerInput {
  readonly layer: number;
  readonly texts: typeof ownCorpus;
  readonly hash: string;
  readonly tokens?: number | undefined;
  readonly out?: string | undefined;
  readonly streams: Streams;
  readonly signal: AbortSignal;
}

async function statsOf(
  lm: CausalLM,
  { layer, texts, hash, tokens, out, streams, signal }: LayerInput,
): Promise<StatsOfLayer> {
  const directory = resolve(out ?? keyMomentsDirectory());
  const maxTokens = tokens ?? keyMomentsTokens(layerAccess(lm, 'stats').keySize(layer));
  const progress = createProgress(`block ${layer}`, { stream: streams.stderr });
  const started = performance.now();
  const { size, count, moment } = await modelKeyMoments(lm, {
    ...{ layer, corpus: texts, maxTokens, directory, signal },
    onProgress: (read, most) => progress.update(Math.min(read, most), most, 'tokens'),
  }).finally(() => progress.end());
  const seconds = (performance.now() - started) / 1000;
  let trace = 0;
  for (let i = 0; i < size; i++) trace += moment[i * size + i]!;
  const key = keyMomentsKey(lm, hash, { layer, maxTokens });
  const file = resolve(directory, `key-moments-${key}.safetensors`);
  return { layer, size, tokens: count, meanSquare: trace / size, file, seconds };
}

function statsTable({ model, corpus, layers }: StatsResult): string {
  return [
    `second moments of MLP keys of ${model}; corpus ${corpus.slice(0, 16)}`,
    formatTable(
      ['block', 'width', 'tokens', 'mean square', 'seconds'],
      layers.map(({ layer, size, tokens, meanSquare, seconds }) => [
        String(layer),
        String(size),
        String(tokens),
        meanSquare.toPrecision(3),
        seconds.toFixed(1),
      ]),
    ),
    ...layers.map(({ file }) => file),
  ].join('\n');
}
