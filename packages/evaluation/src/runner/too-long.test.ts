import { SakeError, type Edit, type EditMethod } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createScriptedLM } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource } from '../../test/scripted-method.js';
import { dataset, script } from '../../test/world.js';
import { protocols } from '../protocols/protocol.js';
import { counterFactSuite } from '../suites/counterfact-suite.js';
import { runSuite } from './run-suite.js';
import { respondOrTooLong, TOO_LONG } from './too-long.js';

const PREFIX = 'Well. ';

/** The world with a method that puts two tokens in front of every prompt; eight tokens fit. */
function world(): { lm: ReturnType<typeof createScriptedLM>; method: EditMethod } {
  const prefixed = Object.keys(script).map((text) => [PREFIX + text, { ' Rome': 3 }] as const);
  const lm = createScriptedLM({ ...script, ...Object.fromEntries(prefixed) }, { maxPositions: 8 });
  const everywhere = Object.fromEntries(Object.keys(script).map((text) => [text, 0]));
  const scripted = createScriptedMethod(lm, { France: everywhere, Japan: everywhere });
  return {
    lm,
    method: {
      name: 'stated',
      learn: async (request, context): Promise<Edit> => {
        const {
          kind: _kind,
          map: _map,
          ...edit
        } = (await scripted.learn(request, context)) as Extract<Edit, { kind: 'map' }>;
        return { ...edit, kind: 'prompt', prefix: PREFIX };
      },
    },
  };
}

describe('runSuite where an edit puts text in front of prompts', () => {
  it('leaves out, with its reason, a query that this makes longer than the positions', async () => {
    const { lm, method } = world();
    const [paper] = await runSuite({
      ...{ lm, suite: counterFactSuite(dataset), prompts: createScriptedSource() },
      methods: [{ name: 'none' }, { name: 'stated', method }],
      protocols: [protocols.paper],
      withQueries: true,
    });
    const [none, stated] = paper!.rows;
    expect(stated!.errors).toEqual([]);
    expect(stated!.filtered).toMatchObject({
      "generality: longer than the model's positions with the edit's text": 1,
    });
    expect(stated!.metrics['generality']!.n).toBe(none!.metrics['generality']!.n - 1);
    const query = paper!.queries!.find(({ prompt }) => prompt === 'Well. The seat of France is')!;
    expect(query.outcomes['stated']).toMatchObject({ value: null, firstToken: null, before: 'Limbo' });
    expect(query.outcomes['none']).toMatchObject({ value: 0 });
  });
});

describe('respondOrTooLong', () => {
  const tooLong = new SakeError('invalid-input', 'too long', {
    details: { edit: 'a', tokens: 9, maxPositions: 8 },
  });

  it('asks each prompt alone once one of them is too long', async () => {
    const calls: number[] = [];
    const responses = await respondOrTooLong(
      async (prompts) => {
        calls.push(prompts.length);
        if (prompts.includes('long')) throw tooLong;
        return prompts.map((_, at) => ({ logits: Float32Array.of(at) }));
      },
      ['a', 'long', 'b'],
    );
    expect(responses).toEqual([{ logits: Float32Array.of(0) }, TOO_LONG, { logits: Float32Array.of(0) }]);
    expect(calls).toEqual([3, 1, 1, 1]);
  });

  it.each([
    new SakeError('invalid-input', 'another complaint'),
    new SakeError('io', 'no disk', { details: { edit: 'a', tokens: 9, maxPositions: 8 } }),
  ])('passes other errors on: %s', async (error) => {
    await expect(respondOrTooLong(() => Promise.reject(error), ['a'])).rejects.toBe(error);
  });
});
