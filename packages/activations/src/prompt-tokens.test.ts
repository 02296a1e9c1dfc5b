import { describe, expect, it } from 'vitest';
import { distinctSequences } from './prompt-tokens.js';

describe('distinctSequences', () => {
  it('keeps each sequence once and says where it went', () => {
    expect(distinctSequences([[1, 2], [12], [1, 2], [1]])).toEqual({
      distinct: [[1, 2], [12], [1]],
      indexOf: [0, 1, 0, 2],
    });
  });
});
