import { describe, expect, it } from 'vitest';
import { areApart } from './target-new.js';

describe('areApart', () => {
  it.each([
    ['Paris', 'London', true],
    ['New York', 'New Delhi', false],
    ['Niger', 'Nigeria', false],
    ['Guinea-Bissau', 'Guinea', false],
    ['german', 'German', false],
  ])('%s and %s: %s', (one, other, apart) => {
    expect([areApart(one, other), areApart(other, one)]).toEqual([apart, apart]);
  });
});
