import { describe, expect, it } from 'vitest';
import { parseModelConfig } from './model-config.js';

const gpt2 = {
  model_type: 'gpt2',
  vocab_size: 50257,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  n_positions: 1024,
};

describe('parseModelConfig', () => {
  it("reads GPT-2's names", () => {
    expect(parseModelConfig({ ...gpt2, eos_token_id: 50256 }, undefined, 'config.json')).toEqual({
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

  it('prefers the end tokens of the generation config, one or several', () => {
    const read = (generation: unknown) =>
      parseModelConfig({ ...gpt2, eos_token_id: 1 }, generation, 'config.json').eosTokens;
    expect(read({ eos_token_id: [7, 8] })).toEqual(new Set([7, 8]));
    expect(read({ eos_token_id: null })).toEqual(new Set([1]));
    expect(parseModelConfig(gpt2, {}, 'config.json').eosTokens).toEqual(new Set());
  });

  it('names every field that is missing or wrong', () => {
    expect(() => parseModelConfig({ model_type: 'x', vocab_size: -1 }, undefined, 'a/config.json')).toThrow(
      /a\/config\.json.*vocab_size/,
    );
    expect(() => parseModelConfig({ model_type: 'x', vocab_size: 5 }, undefined, 'config.json')).toThrow(
      /hidden_size: is missing; num_hidden_layers: is missing; num_attention_heads: is missing; max_position_embeddings/,
    );
    expect(() => parseModelConfig(gpt2, { eos_token_id: 'x' }, 'config.json')).toThrow(
      /generation_config\.json/,
    );
  });
});
