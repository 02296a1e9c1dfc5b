import { describe, expect, it } from 'vitest';
import { createParameterSet, initialiseParameters } from './parameters.js';

const specs = [
  { name: 'model.embed_tokens.weight', shape: [50, 8], role: 'embedding' as const },
  { name: 'model.layers.0.self_attn.q_proj.weight', shape: [64, 64], role: 'projection' as const },
  { name: 'model.layers.0.mlp.down_proj.weight', shape: [64, 64], role: 'output-projection' as const },
  { name: 'model.norm.weight', shape: [8], role: 'scale' as const },
];
const options = { seed: 3, layers: 8, deviation: 0.02 };
const deviation = (view: Float32Array): number =>
  Math.sqrt(view.reduce((sum, x) => sum + x * x, 0) / view.length);

describe('createParameterSet', () => {
  it('lays weights one behind the other and decays matrices but no embeddings or gains', () => {
    const set = createParameterSet(specs);
    expect(set.flat.length).toBe(400 + 2 * 4096 + 8);
    expect(set.decayed).toEqual([
      [400, 4496],
      [4496, 8592],
    ]);
    set.view('model.norm.weight')[0] = 5;
    expect(set.flat[8592]).toBe(5);
  });
});

describe('initialiseParameters', () => {
  it('draws the stated deviations, smaller where a projection writes to the residual stream', () => {
    const set = createParameterSet(specs);
    initialiseParameters(set, options);
    // 4096 draws: the deviation is within 5 % at more than four standard errors.
    expect(deviation(set.view(specs[1]!.name)) / 0.02).toBeCloseTo(1, 1);
    expect(deviation(set.view(specs[2]!.name)) / (0.02 / 4)).toBeCloseTo(1, 1);
    expect([...set.view('model.norm.weight')]).toEqual(Array(8).fill(1));
  });

  it('gives the same weights for the same seed only', () => {
    const [a, b, c] = [3, 3, 4].map((seed) => {
      const set = createParameterSet(specs);
      initialiseParameters(set, { ...options, seed });
      return set.flat;
    });
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});
