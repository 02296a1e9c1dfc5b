import { withActivationCache } from '@sakejs/editor';
import type { CausalLM } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createScriptedLM } from '../../test/scripted-lm.js';
import { script } from '../../test/world.js';
import { observeOnce } from './observe-once.js';

const [first, second] = Object.keys(script) as [string, string];

describe('observeOnce', () => {
  it('runs the model once for prompts whose layers were asked for before', async () => {
    const calls: (readonly number[])[] = [];
    const scripted = createScriptedLM(script);
    const lm: CausalLM = {
      ...scripted,
      observe: async (prompts, { layers = [] } = {}) => {
        calls.push(layers);
        const observations = await scripted.observe(prompts);
        const states = { rows: 1, cols: 1, data: Float32Array.of(0) };
        return observations.map((seen) => ({
          ...seen,
          layers: new Map(layers.map((layer) => [layer, states])),
        }));
      },
    };
    const cached = withActivationCache(observeOnce(lm));
    for (const prompt of [first, second])
      for (const layers of [[], [2], [1, 2]]) {
        const [observation] = await cached.observe([prompt], { layers });
        expect([...observation!.layers.keys()]).toEqual(layers);
      }
    expect(calls).toEqual([[], [2], [1, 2], [1, 2]]);
  });
});
