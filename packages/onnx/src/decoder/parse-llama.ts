import type { LlamaConfig, SlidingWindow } from './config.js';
import {
  activation,
  even,
  flag,
  invalid,
  isGiven,
  positive,
  quotient,
  refuse,
  size,
  unsupported,
  type ConfigSource,
} from './config-fields.js';
import { parseRope } from './parse-rope.js';

/** Members of the LLaMA family that `config.json` files name. */
export type LlamaModel = 'llama' | 'mistral' | 'qwen2' | 'qwen3';

/** LLaMA and its relatives. */
export function parseLlama(source: ConfigSource, model: LlamaModel): LlamaConfig {
  refuse(source, 'rope_interleaved', [undefined, null, false]);
  const attentionBias = flag(source, 'attention_bias', false);
  const hiddenSize = size(source, 'hidden_size');
  const heads = size(source, 'num_attention_heads');
  const layers = size(source, 'num_hidden_layers');
  const maxPositions = size(source, 'max_position_embeddings', 2048);
  const slidingWindow = parseWindow(source, model, layers, maxPositions);
  return {
    family: 'llama',
    hiddenSize,
    layers,
    heads,
    kvHeads: size(source, 'num_key_value_heads', heads),
    headDim: even('head_dim', headDim(source, model, hiddenSize, heads)),
    intermediateSize: size(source, 'intermediate_size'),
    vocabularySize: size(source, 'vocab_size'),
    maxPositions,
    normEpsilon: positive(source, 'rms_norm_eps', 1e-6),
    activation: activation(source, 'hidden_act', 'silu'),
    tieWordEmbeddings: flag(source, 'tie_word_embeddings', false),
    ...parseRope(source, maxPositions),
    qkvBias: model === 'qwen2' || attentionBias,
    attentionOutputBias: model !== 'qwen2' && attentionBias,
    mlpBias: flag(source, 'mlp_bias', false),
    ...(model === 'qwen3' ? { queryKeyNorm: true } : {}),
    ...(slidingWindow === undefined ? {} : { slidingWindow }),
  };
}

function headDim(source: ConfigSource, model: LlamaModel, hiddenSize: number, heads: number): number {
  if (isGiven(source, 'head_dim')) return size(source, 'head_dim');
  return model === 'qwen3' ? 128 : quotient('hidden_size', hiddenSize, heads);
}

/**
 * Which layers look back only so far: in Mistral all, in Qwen those from `max_window_layers` on where
 * `use_sliding_window` is set; `layer_types` says it for each layer. A window of all positions is none.
 */
function parseWindow(
  source: ConfigSource,
  model: LlamaModel,
  layers: number,
  maxPositions: number,
): SlidingWindow | undefined {
  const types = layerTypes(source, layers);
  if (model === 'llama') {
    refuse(source, 'sliding_window', [undefined, null]);
    if (types?.includes('sliding_attention')) throw unsupported('layer_types', ['full_attention'], types);
    return undefined;
  }
  const qwen = model !== 'mistral';
  // Qwen writes a window's length even where it uses none.
  const used = qwen ? flag(source, 'use_sliding_window', false) : source['sliding_window'] !== null;
  if (!qwen) refuse(source, 'use_sliding_window', [undefined, null, false]);
  const windowed = Array.from({ length: layers }, (_, layer) => layer).filter((layer) =>
    types === undefined
      ? used && (!qwen || layer >= wholeNumber(source, 'max_window_layers', 28))
      : types[layer] === 'sliding_attention',
  );
  if (windowed.length === 0) return undefined;
  // Where a list asks for windows, their length must be said.
  const length = size(source, 'sliding_window', types === undefined ? 4096 : undefined);
  return length >= maxPositions ? undefined : { size: length, layers: windowed };
}

const LAYER_TYPES = ['full_attention', 'sliding_attention'];

function layerTypes(source: ConfigSource, layers: number): readonly string[] | undefined {
  const types = source['layer_types'];
  if (types === undefined || types === null) return undefined;
  if (!Array.isArray(types) || types.length !== layers)
    throw invalid('layer_types', `a list of ${layers} layers' types`, types);
  const unknown: unknown = types.find((type) => !LAYER_TYPES.includes(type as string));
  if (unknown !== undefined) throw unsupported('layer_types', LAYER_TYPES, unknown);
  return types as string[];
}

function wholeNumber(source: ConfigSource, name: string, fallback: number): number {
  const value = source[name] ?? fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(name, 'a whole number', value);
}
