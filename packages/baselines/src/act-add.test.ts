import { everything } from '@sakejs/scope';
import { row, steeringContext } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { capitalRequest, createTestLM, promptsFor } from '../test/capitals.js';
import { actAdd } from './act-add.js';

const request = capitalRequest('France', 'Rome');
const ASK = 'The capital of France is';

describe('actAdd', () => {
  it("adds the difference of the request's own two states, whatever it is added to", async () => {
    const lm = createTestLM();
    const edit = await actAdd({ scope: everything() }).learn(request, { lm, prompts: promptsFor(request) });
    const states = await lm.capture([ASK, steeringContext({ ...request, prompt: ASK }), 'Well, it is']);
    const [source, target, other] = [0, 1, 2].map((index) => [...row(states, index)]) as [
      number[],
      number[],
      number[],
    ];
    const mapped = edit.map.apply(Float64Array.from(other));
    mapped.forEach((value, at) => expect(value).toBeCloseTo(other[at]! + target[at]! - source[at]!, 12));
    expect(edit.provenance).toMatchObject({
      method: 'actadd',
      rows: { source: 1, target: 1, obeying: 1 },
      settings: { scopeNegatives: 4 },
    });
  });

  it('captures two texts for its map, and the texts of the scope once', async () => {
    const lm = createTestLM();
    await actAdd({ scope: everything() }).learn(request, { lm, prompts: promptsFor(request) });
    expect(lm.calls).toEqual([
      { name: 'capture', size: 2 },
      { name: 'project', size: 1 },
      { name: 'observe', size: 16 },
    ]);
  });
});
