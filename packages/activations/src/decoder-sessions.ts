import { HEAD_INPUT, HEAD_OUTPUT } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { createFeeder, widthOf } from './decoder-feeds.js';
import type { Decoder, KeyValueCache } from './decoder.js';
import { createGraphSession, type GraphSession, type GraphTensor } from './graph-session.js';
import type { ModelConfig } from './model-config.js';
import type { SplitDecoder } from './split-decoder.js';

/** @throws {SakeError} `invalid-file` when config.json and the graph tell of different models. */
function checkSizes({ map }: SplitDecoder, config: ModelConfig): void {
  const pairs: [string, number, number | undefined][] = [
    ['hidden size', config.hiddenSize, map.hiddenSize],
    ['number of layers', config.layers, map.residuals?.length],
  ];
  for (const [what, said, found] of pairs)
    if (found !== undefined && found !== said)
      throw new SakeError(
        'invalid-file',
        `openDecoder: expected the ${what} of config.json, ${said}, got ${found} in the graph`,
      );
  // A head may be padded to a rounder size, never smaller.
  if (map.vocabularySize < config.vocabularySize)
    throw new SakeError(
      'invalid-file',
      `openDecoder: expected logits of at least the vocab_size of config.json, ${config.vocabularySize}, got ${map.vocabularySize} in the graph`,
    );
}

function float32(tensor: GraphTensor, name: string): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new SakeError('unsupported', `openDecoder: expected float32 states from ${name}, got ${tensor.type}`);
}

/**
 * Opens both halves of a decoder. One body session serves every request: only what is fetched is copied out.
 *
 * @throws {SakeError} `unsupported` for inputs, caches or state types it does not know, `invalid-file` when the config
 * belongs to another graph.
 */
export async function openDecoder(
  split: SplitDecoder,
  config: ModelConfig,
  threads: number,
): Promise<Decoder> {
  checkSizes(split, config);
  const body = await createGraphSession(split.body, { threads });
  let head: GraphSession | undefined;
  try {
    head = await createGraphSession(split.head, { threads });
    return decoderOf(body, head, split, config);
  } catch (cause) {
    await body[Symbol.asyncDispose]();
    await head?.[Symbol.asyncDispose]();
    throw cause;
  }
}

function decoderOf(
  body: GraphSession,
  head: GraphSession,
  split: SplitDecoder,
  config: ModelConfig,
): Decoder {
  const { cache: pairs, hiddenTensor, hiddenSize, residuals, vocabularySize } = split.map;
  const feeder = createFeeder(body, split.map, config);
  return {
    vocabularySize,
    dtype: head.inputs[0]!.type,
    cached: pairs.length > 0,
    showsLayers: residuals !== undefined,
    async forward(rows, { layers, cache, keepCache = false, padding = 'right' }) {
      const past = cache?.length ?? 0;
      const width = widthOf(rows);
      const leading =
        cache?.padding ?? rows.map((tokens) => (padding === 'left' ? width - tokens.length : 0));
      const names = layers.map((layer) => residuals![layer]!);
      const presents = keepCache ? pairs.map(({ output }) => output) : [];
      const results = await body.run(
        { ...feeder.sequences(rows, past, leading), ...(cache?.tensors ?? feeder.emptyCache(rows.length)) },
        [hiddenTensor, ...names, ...presents],
      );
      const grown: KeyValueCache | undefined = keepCache
        ? {
            length: past + width,
            padding: leading,
            tensors: Object.fromEntries(pairs.map(({ input, output }) => [input, results[output]!])),
          }
        : undefined;
      return {
        width,
        hidden: float32(results[hiddenTensor]!, hiddenTensor),
        layers: new Map(
          layers.map((layer, index) => [layer, float32(results[names[index]!]!, names[index]!)]),
        ),
        ...(grown && { cache: grown }),
      };
    },
    async project(hidden, rows, logits) {
      await head.run(
        { [HEAD_INPUT]: head.tensor(hidden, [rows, hiddenSize]) },
        { [HEAD_OUTPUT]: head.tensor(logits, [rows, vocabularySize]) },
      );
    },
    async [Symbol.asyncDispose]() {
      await body[Symbol.asyncDispose]();
      await head[Symbol.asyncDispose]();
    },
  };
}
