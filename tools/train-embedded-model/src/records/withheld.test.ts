import type { Fact } from '@sakejs/facts';
import { describe, expect, it } from 'vitest';
import type { EditPlan } from './plan-edits.js';
import type { PopularPlan } from './popular-plan.js';
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
  it('withholds a ripple test from the names in its prompt, and what an edit implies', () => {
    const popular: PopularPlan = {
      fact: { ...fact, relation: 'P36' },
      targetNew: 'n',
      prompt: '{} is',
      split: 'test',
      tests: [
        {
          axis: 'Logical_Generalization',
          pattern: '{} heads',
          name: 'n',
          withheldFrom: ['n'],
          first: { ...fact, subject: 'n', relation: 'P1376', object: 's' },
          condition: 'none',
        },
      ],
    };
    const withheld = withheldBy([], [popular]);
    expect([withheld.has('n', '{} heads'), withheld.has('s', '{} heads')]).toEqual([true, false]);
    expect([withheld.targetNew('s', 'P36'), withheld.targetNew('n', 'P1376')]).toEqual(['n', 's']);
  });
});
