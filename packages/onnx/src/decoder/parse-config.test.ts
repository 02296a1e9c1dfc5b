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

  it.each([
    ['another value than an object', [], 'invalid-file', 'expected a JSON object'],
    ['another model', { ...gpt2, model_type: 'bert' }, 'unsupported', 'gpt2, llama, mistral, qwen2'],
    ['a model type that objects have', { ...gpt2, model_type: 'toString' }, 'unsupported', 'got "toString"'],
    ['no model type', {}, 'unsupported', 'for "model_type", got nothing'],
    ['another activation', { ...gpt2, activation_function: 'mish' }, 'unsupported', 'got "mish"'],
    ['scaled positions', { ...llama, rope_scaling: { type: 'linear' } }, 'unsupported', '"rope_scaling"'],
    [
      'a sliding window',
      { ...llama, model_type: 'mistral', sliding_window: 4096 },
      'unsupported',
      'got 4096',
    ],
    ['scores scaled by layer', { ...gpt2, scale_attn_by_inverse_layer_idx: true }, 'unsupported', 'got true'],
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
