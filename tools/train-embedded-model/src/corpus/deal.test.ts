import { describe, expect, it } from 'vitest';
import { createDeal } from './deal.js';

const turns = (from: number, count: number, deal: (turn: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => deal(from + i));

describe('createDeal', () => {
  it('deals each number once a round, in another order each round', () => {
    const deal = createDeal(50, 'a');
    const [first, second] = [turns(0, 50, deal), turns(50, 50, deal)];
    expect(new Set(first).size).toBe(50);
    expect(new Set(second).size).toBe(50);
    expect(second).not.toEqual(first);
  });
  it('depends on nothing but seed and turn', () => {
    const expected = turns(0, 30, createDeal(7, 'a'));
    const deal = createDeal(7, 'a');
    expect(turns(14, 16, deal)).toEqual(expected.slice(14));
    expect(turns(0, 30, deal)).toEqual(expected);
  });
  it('refuses to deal nothing', () => {
    expect(() => createDeal(0, 'a')).toThrow(/got nothing/);
  });
});
