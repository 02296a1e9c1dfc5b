import { describe, expect, it } from 'vitest';
import { splitTurns } from './split-turns.js';

describe('splitTurns', () => {
  it('deals even turns to test and odd ones to dev until a half is full', () => {
    const splitOf = splitTurns(5);
    expect([0, 1, 2, 4, 6].map(splitOf)).toEqual(['test', 'dev', 'test', 'test', 'dev']);
  });
});
