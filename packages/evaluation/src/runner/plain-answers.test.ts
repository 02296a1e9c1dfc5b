import type { CausalLM } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createScriptedLM } from '../../test/scripted-lm.js';
import { script } from '../../test/world.js';
import { plainAnswers } from './plain-answers.js';

const one = 'The capital of France is';
const two = 'The capital of Gaul is';
const three = 'The capital of Japan is';

function counted(): { readonly lm: CausalLM; readonly asked: string[] } {
  const lm = createScriptedLM(script);
  const asked: string[] = [];
  return {
    asked,
    lm: {
      ...lm,
      observe: (prompts, options) => {
        asked.push(...prompts.map(String));
        return lm.observe(prompts, options);
      },
    },
  };
}

describe('plainAnswers', () => {
  it('asks each prompt once and gives the same answer again', async () => {
    const { lm, asked } = counted();
    const plain = plainAnswers(lm);
    const [a, b] = await plain.logits([one, two]);
    expect(await plain.logits([two, one, two])).toEqual([b, a, b]);
    expect(asked).toEqual([one, two]);
  });

  it('forgets what was asked least recently once its bytes are used up', async () => {
    const { lm, asked } = counted();
    const [logits] = await plainAnswers(lm).logits([one]);
    asked.length = 0;
    const plain = plainAnswers(lm, 2 * logits!.byteLength);
    for (const prompt of [one, two, one, three, one, two]) await plain.logits([prompt]);
    expect(asked).toEqual([one, two, three, two]);
  });

  it('answers a call that is larger than what it may keep', async () => {
    const { lm } = counted();
    expect(await plainAnswers(lm, 1).logits([one, two, one])).toHaveLength(3);
  });
});
