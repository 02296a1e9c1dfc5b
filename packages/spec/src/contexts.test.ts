import { describe, expect, it } from 'vitest';
import { forcedSource, implicationContexts, steeringContext } from './contexts.js';

const input = { prompt: 'The capital of Peru is', targetTrue: 'Lima', targetNew: 'Oslo' };

describe('steeringContext', () => {
  it('forbids the old object, repeats the new sentence and ends with the prompt', () => {
    expect(steeringContext(input)).toBe(
      "Do not mention 'Lima'. Repeat this sentence: 'The capital of Peru is Oslo'. The capital of Peru is",
    );
  });
});

describe('forcedSource', () => {
  it('repeats the old sentence and ends with the prompt', () => {
    expect(forcedSource(input)).toBe(
      "Repeat this sentence: 'The capital of Peru is Lima'. The capital of Peru is",
    );
  });
});

describe('implicationContexts', () => {
  it('states the old fact in the source and the new one in the target', () => {
    const { source, target } = implicationContexts({
      originalFact: 'The capital of Peru is Lima',
      editedFact: 'The capital of Peru is Oslo',
      question: 'The river through the capital of Peru is',
    });
    expect(source).toBe(
      "Considering this context is now true: 'The capital of Peru is Lima'. Complete this sentence:The river through the capital of Peru is",
    );
    expect(target).toBe(
      "Pretend that this context is true and forget your previous knowledge: 'The capital of Peru is Oslo'. Now, based on the previous context only, complete this sentence:The river through the capital of Peru is",
    );
  });
});
