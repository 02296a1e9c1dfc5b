import { describe, expect, it } from 'vitest';
import { resolveConfig, UNSTATED_POSITIONS, type ModelConfig } from './model-config.js';

const gpt2 = {
  model_type: 'gpt2',
  vocab_size: 50257,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  n_positions: 1024,
};

/** What the graph of a small model tells. */
const graph = { hiddenSize: 32, vocabularySize: 300, layers: 2 };

const read = (config: Record<string, unknown>, generation?: Record<string, unknown>): ModelConfig =>
  resolveConfig({ config, ...(generation && { generation }), file: 'a/config.json' }, graph);

describe('resolveConfig', () => {
  it("reads GPT-2's names", () => {
    expect(read({ ...gpt2, eos_token_id: 50256 })).toEqual({
      family: 'gpt2',
      vocabularySize: 50257,
      hiddenSize: 768,
      layers: 12,
      keyValueHeads: 12,
      headSize: 64,
      maxPositions: 1024,
      eosTokens: new Set([50256]),
    });
  });

  it.each([
    ['MPT', { d_model: 64, n_layers: 3, n_heads: 4, max_seq_len: 99 }],
    ['GPT-Neo', { hidden_size: 64, num_layers: 3, num_heads: 4, max_position_embeddings: 99 }],
    [
      'OPT, whose head is narrower than its blocks',
      {
        word_embed_proj_dim: 64,
        hidden_size: 64,
        num_hidden_layers: 3,
        num_attention_heads: 4,
        max_position_embeddings: 99,
      },
    ],
    [
      'a language model inside a larger one',
      {
        text_config: {
          hidden_size: 64,
          n_layer: 3,
          n_head: 4,
          n_positions: 99,
          vocab_size: 320,
          model_type: 't',
        },
      },
    ],
  ])('reads the names of %s', (_, sizes) => {
    expect(read({ model_type: 'x', vocab_size: 320, ...sizes })).toMatchObject({
      family: 'x',
      vocabularySize: 320,
      hiddenSize: 64,
      layers: 3,
      headSize: 16,
      maxPositions: 99,
    });
  });

  it('takes the head size from the width of the blocks', () => {
    const opt = { word_embed_proj_dim: 512, hidden_size: 1024, num_attention_heads: 16 };
    expect(read({ model_type: 'opt', vocab_size: 320, ...opt })).toMatchObject({
      hiddenSize: 512,
      headSize: 64,
    });
  });

  it('prefers the end tokens of the generation config, one or several', () => {
    const ends = (generation?: Record<string, unknown>) =>
      read({ ...gpt2, eos_token_id: 1 }, generation).eosTokens;
    expect(ends({ eos_token_id: [7, 8] })).toEqual(new Set([7, 8]));
    expect(ends({ eos_token_id: null })).toEqual(new Set([1]));
    expect(read(gpt2, {}).eosTokens).toEqual(new Set());
  });

  it('takes from the graph what config.json leaves out', () => {
    expect(read({ model_type: 'x' })).toEqual({
      family: 'x',
      vocabularySize: graph.vocabularySize,
      hiddenSize: 32,
      layers: 2,
      maxPositions: UNSTATED_POSITIONS,
      eosTokens: new Set(),
    });
  });

  it("reads genai's config where there is no other", () => {
    const genai = {
      type: 'qwen2',
      vocab_size: 320,
      context_length: 128,
      eos_token_id: 2,
      decoder: { hidden_size: 64, num_hidden_layers: 3, num_key_value_heads: 2, head_size: 16 },
    };
    expect(resolveConfig({ genai, file: 'config.json' }, graph)).toEqual({
      family: 'qwen2',
      vocabularySize: 320,
      hiddenSize: 64,
      layers: 3,
      keyValueHeads: 2,
      headSize: 16,
      maxPositions: 128,
      eosTokens: new Set([2]),
    });
  });

  it("takes the tokenizer's limit where it is one", () => {
    const limit = (tokenizerLimit: number): number =>
      resolveConfig({ tokenizerLimit, file: 'config.json' }, graph).maxPositions;
    expect(limit(77)).toBe(77);
    // What transformers writes for "no limit".
    expect(limit(1000000000000000019884624838656)).toBe(UNSTATED_POSITIONS);
  });

  it('names every field that is wrong', () => {
    expect(() => read({ model_type: 'x', vocab_size: -1, n_layer: 'three' })).toThrow(
      /a\/config\.json.*vocab_size.*n_layer/,
    );
    expect(() => read(gpt2, { eos_token_id: 'x' })).toThrow(/generation_config\.json/);
    expect(() => read({ ...gpt2, n_head: 5 })).toThrow(/num_attention_heads: does not divide/);
  });

  it('refuses a model whose number of blocks nothing tells', () => {
    expect(() => resolveConfig({ file: 'config.json' }, { ...graph, layers: undefined })).toThrow(
      /num_hidden_layers/,
    );
  });
});
