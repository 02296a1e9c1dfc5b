import type { EditRequest } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { directDoubt, indirectDoubt } from './doubt-prompts.js';

const request: EditRequest = {
  subject: 'France',
  prompt: 'The capital of {} is',
  targetTrue: 'Paris',
  targetNew: 'Rome',
};

describe('indirectDoubt', () => {
  it('says the new object, doubts it and asks again', () => {
    expect(indirectDoubt(request)).toBe(
      "The capital of France is Rome??? No, it can't be, This contradicts my understanding. It is pretty clear that " +
        "the answer to 'The capital of France is' is something else. Rethink and give the correct answer:",
    );
  });
});

describe('directDoubt', () => {
  it('insists on the true object, concedes it and asks again', () => {
    expect(directDoubt(request)).toBe(
      'The capital of France is Rome? Really? But I am pretty sure that The capital of France is Paris. Am I right? ' +
        'Yes, you are right. I apologize for any confusion. Reconsider that the answer to question ' +
        'The capital of France is? should be',
    );
  });
});
