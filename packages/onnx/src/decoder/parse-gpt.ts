import type { Gpt2Config, GptJConfig } from './config.js';
import {
  activation,
  even,
  flag,
  invalid,
  positive,
  quotient,
  refuse,
  size,
  type ConfigSource,
} from './config-fields.js';

/** GPT-2, of any size. */
export function parseGpt2(source: ConfigSource): Gpt2Config {
  refuse(source, 'add_cross_attention', [undefined, false]);
  return {
    family: 'gpt2',
    ...sizes(source, { width: 768, layers: 12, heads: 12, vocabulary: 50257, positions: 1024 }),
    tieWordEmbeddings: flag(source, 'tie_word_embeddings', true),
    ...(flag(source, 'scale_attn_weights', true) ? {} : { scaleScores: false }),
    ...(flag(source, 'scale_attn_by_inverse_layer_idx', false) ? { scaleScoresByLayer: true } : {}),
  };
}

/** GPT-J. */
export function parseGptJ(source: ConfigSource): GptJConfig {
  const read = sizes(source, { width: 4096, layers: 28, heads: 16, vocabulary: 50400, positions: 2048 });
  refuse(source, 'rope_scaling', [undefined, null]);
  // Without one, the library turns a width that no head has.
  const rotaryDim = even(
    'rotary_dim',
    size(source, 'rotary_dim', source['rotary_dim'] === null ? undefined : 64),
  );
  if (rotaryDim > read.headDim)
    throw invalid('rotary_dim', `at most the ${read.headDim} columns of a head`, rotaryDim);
  return {
    family: 'gptj',
    ...read,
    tieWordEmbeddings: flag(source, 'tie_word_embeddings', false),
    ropeTheta: 10_000,
    rotaryDim,
  };
}

interface Defaults {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly positions: number;
}

function sizes(
  source: ConfigSource,
  defaults: Defaults,
): Omit<Gpt2Config, 'family' | 'tieWordEmbeddings' | 'scaleScores' | 'scaleScoresByLayer'> {
  const hiddenSize = size(source, 'n_embd', defaults.width);
  const heads = size(source, 'n_head', defaults.heads);
  return {
    hiddenSize,
    layers: size(source, 'n_layer', defaults.layers),
    heads,
    kvHeads: heads,
    headDim: quotient('n_embd', hiddenSize, heads),
    intermediateSize: size(source, 'n_inner', 4 * hiddenSize),
    vocabularySize: size(source, 'vocab_size', defaults.vocabulary),
    maxPositions: size(source, 'n_positions', defaults.positions),
    normEpsilon: positive(source, 'layer_norm_epsilon', 1e-5),
    activation: activation(source, 'activation_function', 'gelu_new'),
  };
}
