import { describe, expect, it } from 'vitest';
import { gpt2, llama } from '../../test/decoder-feeds.js';
import { decoderWeights } from './weights.js';

const table = (config: Parameters<typeof decoderWeights>[0]): Record<string, readonly number[]> =>
  Object.fromEntries(decoderWeights(config).map(({ name, shape }) => [name, shape]));

describe('decoderWeights', () => {
  it('lists GPT-2 with matrices as [in, out]', () => {
    const weights = table({ ...gpt2, layers: 1 });
    expect(Object.keys(weights)).toHaveLength(16);
    expect(weights).toMatchObject({
      'transformer.wte.weight': [17, 12],
      'transformer.wpe.weight': [16, 12],
      'transformer.h.0.ln_1.bias': [12],
      'transformer.h.0.attn.c_attn.weight': [12, 36],
      'transformer.h.0.mlp.c_proj.weight': [20, 12],
      'transformer.ln_f.weight': [12],
    });
  });

  it('lists LLaMA with matrices as [out, in], and biases and a head where it has them', () => {
    const plain = table({ ...llama, layers: 1 });
    expect(Object.keys(plain)).toHaveLength(12);
    expect(plain).toMatchObject({
      'model.layers.0.self_attn.q_proj.weight': [24, 12],
      'model.layers.0.self_attn.k_proj.weight': [12, 12],
      'model.layers.0.self_attn.o_proj.weight': [12, 24],
      'model.layers.0.mlp.down_proj.weight': [12, 20],
      'lm_head.weight': [17, 12],
    });
    const tied = table({ ...llama, layers: 1, tieWordEmbeddings: true, qkvBias: true });
    expect(tied).toMatchObject({ 'model.layers.0.self_attn.k_proj.bias': [12] });
    expect(tied).not.toHaveProperty('lm_head.weight');
  });

  it('marks the matrices whose product is added to the residual stream', () => {
    const added = decoderWeights({ ...llama, layers: 1 }).filter(({ role }) => role === 'output-projection');
    expect(added.map(({ name }) => name)).toEqual([
      'model.layers.0.self_attn.o_proj.weight',
      'model.layers.0.mlp.down_proj.weight',
    ]);
  });
});
