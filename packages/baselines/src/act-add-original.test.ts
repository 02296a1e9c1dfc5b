import { createSteeredLM } from '@sakejs/editor';
import { everything } from '@sakejs/scope';
import { row, steeringContext } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { capitalRequest, createTestLM, promptsFor } from '../test/capitals.js';
import { actAddOriginal, type ActAddOriginalOptions } from './act-add-original.js';

const request = capitalRequest('France', 'Rome');
const ASK = 'The capital of France is';

const lm = createTestLM();
const learn = (options: Partial<ActAddOriginalOptions> = {}) =>
  actAddOriginal({ scope: everything(), ...options }).learn(request, { lm, prompts: promptsFor(request) });

/** Difference of the states of two texts at a position, times a factor. */
async function difference(plus: string, minus: string, position: number, factor: number): Promise<number[]> {
  const [one, other] = await lm.observe([plus, minus], { layers: [0] });
  const at = (states: typeof one): Float32Array => {
    const { rows } = states!.layers.get(0)!;
    return row(states!.layers.get(0)!, position < 0 ? rows + position : position) as Float32Array;
  };
  const without = at(other);
  return Array.from(at(one), (value, i) => factor * (value - without[i]!));
}

describe('actAddOriginal', () => {
  it("adds c times the difference of the objects' states, from the first position on", async () => {
    const { hook, provenance } = await learn();
    expect(hook).toMatchObject({ layer: 0, operation: 'add', anchor: 'start' });
    expect(hook.values.rows).toBe(1);
    const expected = await difference(' Rome', ' Paris', 0, 5);
    row(hook.values, 0).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    expect(provenance).toMatchObject({
      method: 'actadd-original',
      settings: { layer: 0, coefficient: 5, contrast: 'objects', position: 'first' },
    });
  });

  it('fills the shorter text up with spaces', async () => {
    const long = { ...request, targetNew: 'Rome by the sea' };
    const edit = await actAddOriginal({ scope: everything() }).learn(long, {
      lm,
      prompts: { ...promptsFor(request), request: long },
    });
    expect(edit.hook.values.rows).toBe(4);
    const expected = await difference(' Rome by the sea', ' Paris   ', 3, 5);
    row(edit.hook.values, 3).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });

  it('adds nothing where the two texts are the same so far', async () => {
    const { hook } = await learn({ contrast: 'statements' });
    const { values } = hook;
    expect(values.rows).toBe(6);
    for (let position = 0; position < 5; position++)
      expect([...row(values, position)].every((value) => value === 0)).toBe(true);
    expect([...row(values, 5)].some((value) => value !== 0)).toBe(true);
  });

  it("adds the last tokens' difference to the last token where asked", async () => {
    const { hook } = await learn({ contrast: 'contexts', position: 'last', coefficient: 2 });
    expect(hook.anchor).toBe('end');
    const expected = await difference(steeringContext({ ...request, prompt: ASK }), ASK, -1, 2);
    row(hook.values, 0).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });

  it('records whether its own prompt says the new object', async () => {
    const strong = await learn({ position: 'last' });
    const [answer] = await createSteeredLM(lm, [strong]).respond([ASK]);
    const said = answer!.logits.indexOf(Math.max(...answer!.logits));
    expect(lm.decode([said])).toBe(' Rome');
    expect(strong.provenance.rows.obeying).toBe(1);
    expect((await learn({ coefficient: 0.01 })).provenance.rows.obeying).toBe(0);
  });

  it('refuses options out of range, and layers and models that will not do', async () => {
    const refuse = (options: object): Promise<unknown> =>
      expectCode(() => learn(options as Partial<ActAddOriginalOptions>), 'invalid-option');
    await refuse({ coefficient: 0 });
    await refuse({ layer: 0.5 });
    await refuse({ contrast: 'other' });
    await refuse({ scope: undefined });
    await refuse({ coefficent: 5 });
    const { layers: _, ...closed } = createTestLM();
    const method = actAddOriginal({ scope: everything() });
    await expectCode(
      () => method.learn(request, { lm: closed, prompts: promptsFor(request) }),
      'unsupported',
    );
  });
});
