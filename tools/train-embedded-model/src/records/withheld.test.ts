import type { Fact } from '@sakejs/facts';
import { describe, expect, it } from 'vitest';
import type { EditPlan } from './plan-edits.js';
import { withheldBy } from './withheld.js';

const fact: Fact = { subject: 's', relation: 'R', object: 'o', sources: [], leaks: false };
const edit: EditPlan = {
  fact,
  targetNew: 'n',
  prompt: '{} is',
  testPatterns: ['{} was', 'For {}'],
  split: 'test',
};

describe('withheldBy', () => {
  it('withholds the test phrasings from their subject alone', () => {
    const withheld = withheldBy([edit]);
    expect(['{} was', 'For {}', '{} is'].map((each) => withheld.has('s', each))).toEqual([true, true, false]);
    expect(withheld.has('t', '{} was')).toBe(false);
  });
  it('withholds them from subjects whose name holds the subject too', () => {
    expect(withheldBy([edit]).has('West s', '{} was')).toBe(true);
  });
  it('names the new object of a fact with a record', () => {
    const withheld = withheldBy([edit]);
    expect([withheld.targetNew('s', 'R'), withheld.targetNew('s', 'Q')]).toEqual(['n', undefined]);
  });
});
