import { describe, expect, it } from 'vitest';
import { indirectDoubt } from './doubt-prompts.js';

describe('indirectDoubt', () => {
  it('says the new object, doubts it and asks again', () => {
    const request = {
      subject: 'France',
      prompt: 'The capital of {} is',
      targetTrue: 'Paris',
      targetNew: 'Rome',
    };
    expect(indirectDoubt(request)).toBe(
      "The capital of France is Rome??? No, it can't be, This contradicts my understanding. It is pretty clear that " +
        "the answer to 'The capital of France is' is something else. Rethink and give the correct answer:",
    );
  });
});
