import { describe, expect, it } from 'vitest';
import { parseDecoderConfig } from './parse-config.js';

const gpt2 = { model_type: 'gpt2', n_embd: 64, n_layer: 3, n_head: 4, vocab_size: 100, n_positions: 32 };
const llama = {
  model_type: 'llama',
  hidden_size: 64,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  intermediate_size: 96,
  vocab_size: 100,
};

const scaled = (ropeScaling: unknown): unknown => ({ ...llama, rope_scaling: ropeScaling });

describe('parseDecoderConfig', () => {
  it('reads GPT-2 with the defaults of its library', () => {
    expect(parseDecoderConfig(gpt2)).toEqual({
      family: 'gpt2',
      hiddenSize: 64,
      layers: 3,
      heads: 4,
      kvHeads: 4,
      headDim: 16,
      intermediateSize: 256,
      vocabularySize: 100,
      maxPositions: 32,
      normEpsilon: 1e-5,
      activation: 'gelu_new',
      tieWordEmbeddings: true,
    });
    expect(parseDecoderConfig({ ...gpt2, n_inner: null, activation_function: 'relu' })).toMatchObject({
      intermediateSize: 256,
      activation: 'relu',
    });
  });

  it('reads LLaMA with the defaults of its library', () => {
    expect(parseDecoderConfig(llama)).toEqual({
      family: 'llama',
      hiddenSize: 64,
      layers: 3,
      heads: 4,
      kvHeads: 4,
      headDim: 16,
      intermediateSize: 96,
      vocabularySize: 100,
      maxPositions: 2048,
      normEpsilon: 1e-6,
      activation: 'silu',
      tieWordEmbeddings: false,
      ropeTheta: 10_000,
      qkvBias: false,
      attentionOutputBias: false,
      mlpBias: false,
    });
    const given = {
      num_key_value_heads: 2,
      head_dim: 8,
      rope_parameters: { rope_theta: 5e5, rope_type: 'default' },
    };
    expect(parseDecoderConfig({ ...llama, ...given, attention_bias: true })).toMatchObject({
      kvHeads: 2,
      headDim: 8,
      ropeTheta: 5e5,
      qkvBias: true,
      attentionOutputBias: true,
    });
  });

  it('knows that Qwen2 has biases on queries, keys and values only', () => {
    expect(parseDecoderConfig({ ...llama, model_type: 'qwen2', sliding_window: 4096 })).toMatchObject({
      family: 'llama',
      qkvBias: true,
      attentionOutputBias: false,
    });
  });

  it('reads GPT-2 with other scales of scores', () => {
    expect(parseDecoderConfig({ ...gpt2, scale_attn_by_inverse_layer_idx: true })).toMatchObject({
      scaleScoresByLayer: true,
    });
    expect(parseDecoderConfig({ ...gpt2, scale_attn_weights: false })).toMatchObject({ scaleScores: false });
  });

  it('reads GPT-J with the defaults of its library', () => {
    expect(parseDecoderConfig({ model_type: 'gptj', n_inner: null })).toEqual({
      family: 'gptj',
      hiddenSize: 4096,
      layers: 28,
      heads: 16,
      kvHeads: 16,
      headDim: 256,
      intermediateSize: 16384,
      vocabularySize: 50400,
      maxPositions: 2048,
      normEpsilon: 1e-5,
      activation: 'gelu_new',
      tieWordEmbeddings: false,
      ropeTheta: 10_000,
      rotaryDim: 64,
    });
  });

  it('reads scaled positions in both spellings', () => {
    const llama3 = {
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    };
    const expected = {
      ropeTheta: 5e5,
      ropeScaling: {
        type: 'llama3',
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalPositions: 8192,
      },
    };
    for (const fields of [
      { rope_theta: 5e5, rope_scaling: { rope_type: 'llama3', ...llama3 } },
      { rope_theta: 5e5, rope_scaling: { type: 'llama3', ...llama3 } },
      { rope_parameters: { rope_type: 'llama3', rope_theta: 5e5, ...llama3 } },
      { rope_theta: 5e5, rope_parameters: { rope_type: 'llama3', ...llama3 } },
    ])
      expect(parseDecoderConfig({ ...llama, ...fields })).toMatchObject(expected);
    expect(parseDecoderConfig(scaled({ type: 'linear', factor: 4 }))).toMatchObject({
      ropeScaling: { type: 'linear', factor: 4 },
    });
    for (const none of [null, undefined, {}, { type: 'default' }, { type: 'dynamic', factor: 2 }])
      expect(parseDecoderConfig(scaled(none))).not.toHaveProperty('ropeScaling');
  });

  it('reads YaRN with the defaults of its library', () => {
    expect(parseDecoderConfig(scaled({ type: 'yarn', factor: 4 }))).toMatchObject({
      ropeScaling: {
        type: 'yarn',
        factor: 4,
        originalPositions: 2048,
        betaFast: 32,
        betaSlow: 1,
        truncate: true,
        attentionFactor: 0.1 * Math.log(4) + 1,
      },
    });
    // The ratio of positions where no factor stands, and a ratio of scales.
    expect(
      parseDecoderConfig(
        scaled({ type: 'yarn', original_max_position_embeddings: 256, mscale: 0.5, mscale_all_dim: 2 }),
      ),
    ).toMatchObject({
      ropeScaling: {
        factor: 8,
        originalPositions: 256,
        attentionFactor: (0.05 * Math.log(8) + 1) / (0.2 * Math.log(8) + 1),
      },
    });
    expect(
      parseDecoderConfig(scaled({ type: 'yarn', factor: 2, attention_factor: 1.5, truncate: false })),
    ).toMatchObject({ ropeScaling: { attentionFactor: 1.5, truncate: false } });
  });

  it('knows which layers of which models have a window', () => {
    const windowOf = (fields: object): unknown => {
      const config = parseDecoderConfig({ ...llama, ...fields });
      return config.family === 'llama' ? config.slidingWindow : undefined;
    };
    const mistral = { model_type: 'mistral', max_position_embeddings: 8192 };
    expect(windowOf({ ...mistral, sliding_window: 64 })).toEqual({ size: 64, layers: [0, 1, 2] });
    expect(windowOf(mistral)).toEqual({ size: 4096, layers: [0, 1, 2] });
    expect(windowOf({ ...mistral, sliding_window: null })).toBeUndefined();
    // A window of all positions is none.
    expect(windowOf({ ...mistral, sliding_window: 8192 })).toBeUndefined();
    const qwen = { model_type: 'qwen2', sliding_window: 64, max_window_layers: 1 };
    expect(windowOf(qwen)).toBeUndefined();
    expect(windowOf({ ...qwen, use_sliding_window: true })).toEqual({ size: 64, layers: [1, 2] });
    expect(windowOf({ ...qwen, use_sliding_window: true, max_window_layers: 28 })).toBeUndefined();
    const layer_types = ['sliding_attention', 'full_attention', 'sliding_attention'];
    expect(windowOf({ ...qwen, layer_types })).toEqual({ size: 64, layers: [0, 2] });
  });

  it('knows that Qwen3 has norms of queries and keys, and heads of 128 columns', () => {
    expect(parseDecoderConfig({ ...llama, model_type: 'qwen3' })).toMatchObject({
      queryKeyNorm: true,
      headDim: 128,
      qkvBias: false,
    });
    const given = parseDecoderConfig({ ...llama, model_type: 'qwen3', head_dim: 8, attention_bias: true });
    expect(given).toMatchObject({ headDim: 8, qkvBias: true, attentionOutputBias: true });
  });

  it.each([
    ['another value than an object', [], 'invalid-file', 'expected a JSON object'],
    [
      'another model',
      { ...gpt2, model_type: 'bert' },
      'unsupported',
      'gpt2, gptj, llama, mistral, qwen2, qwen3',
    ],
    ['a model type that objects have', { ...gpt2, model_type: 'toString' }, 'unsupported', 'got "toString"'],
    ['no model type', {}, 'unsupported', 'for "model_type", got nothing'],
    ['another activation', { ...gpt2, activation_function: 'mish' }, 'unsupported', 'got "mish"'],
    ['scaled positions of another kind', scaled({ type: 'longrope' }), 'unsupported', '"rope_scaling"'],
    [
      'a scaling without a kind',
      scaled({ factor: 2 }),
      'unsupported',
      'default, linear, dynamic, llama3, yarn',
    ],
    [
      'a scaling without its factor',
      scaled({ rope_type: 'linear' }),
      'invalid-file',
      '"factor", got nothing',
    ],
    ['a text as scaling', scaled('yarn'), 'invalid-file', 'expected an object for "rope_scaling"'],
    [
      'positions by type of layer',
      { ...llama, rope_parameters: { full_attention: { rope_type: 'default' } } },
      'unsupported',
      '"rope_parameters"',
    ],
    [
      'dynamic positions behind others',
      scaled({ type: 'dynamic', factor: 2, original_max_position_embeddings: 1024 }),
      'unsupported',
      '"original_max_position_embeddings", got 1024',
    ],
    [
      'a blend turned round',
      scaled({
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 4,
        high_freq_factor: 1,
        original_max_position_embeddings: 512,
      }),
      'invalid-file',
      'above low_freq_factor 4',
    ],
    ['a ramp turned round', scaled({ type: 'yarn', factor: 2, beta_fast: 1 }), 'invalid-file', '"beta_fast"'],
    ['partly rotary heads', { ...llama, partial_rotary_factor: 0.5 }, 'unsupported', 'got 0.5'],
    ['neighbours turned in LLaMA', { ...llama, rope_interleaved: true }, 'unsupported', 'got true'],
    ['a window in LLaMA', { ...llama, sliding_window: 64 }, 'unsupported', '"sliding_window", got 64'],
    [
      'layers of another type',
      {
        ...llama,
        model_type: 'qwen3',
        layer_types: ['full_attention', 'linear_attention', 'full_attention'],
      },
      'unsupported',
      'full_attention, sliding_attention for "layer_types", got "linear_attention"',
    ],
    ['types of too few layers', { ...llama, layer_types: [] }, 'invalid-file', "a list of 3 layers' types"],
    ['a quantized checkpoint', { ...llama, quantization_config: { bits: 4 } }, 'unsupported', '{"bits":4}'],
    ['cross attention', { ...gpt2, add_cross_attention: true }, 'unsupported', 'got true'],
    [
      'GPT-J without a rotary width',
      { ...gpt2, model_type: 'gptj', rotary_dim: null },
      'invalid-file',
      'for "rotary_dim", got nothing',
    ],
    [
      'GPT-J turned beyond its heads',
      { ...gpt2, model_type: 'gptj' },
      'invalid-file',
      'at most the 16 columns',
    ],
    ['a missing size', { ...llama, hidden_size: undefined }, 'invalid-file', '"hidden_size", got nothing'],
    [
      'a fractional size',
      { ...gpt2, n_layer: 1.5 },
      'invalid-file',
      'positive integer for "n_layer", got 1.5',
    ],
    ['heads that do not divide the width', { ...gpt2, n_head: 5 }, 'invalid-file', 'a multiple of 5 heads'],
    [
      'heads of keys that do not divide',
      { ...llama, num_key_value_heads: 3 },
      'invalid-file',
      'a divisor of 4',
    ],
    ['an odd head', { ...llama, head_dim: 7 }, 'invalid-file', 'even width'],
    ['a text for a flag', { ...gpt2, tie_word_embeddings: 'yes' }, 'invalid-file', 'true or false'],
    ['an epsilon of 0', { ...gpt2, layer_norm_epsilon: 0 }, 'invalid-file', 'a positive number'],
  ])('refuses %s', (_, source, code, message) => {
    expect(() => parseDecoderConfig(source)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});
