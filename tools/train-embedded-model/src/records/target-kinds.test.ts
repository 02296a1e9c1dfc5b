import { describe, expect, it } from 'vitest';
import { createKindCheck } from './target-kinds.js';

const facts = [
  ...[1, 2, 3].map((i) => ({ subject: `person ${i}`, relation: 'P27', object: 'France' })),
  ...[1, 2, 3, 4].map((i) => ({
    subject: `person ${i}`,
    relation: 'P19',
    object: i < 4 ? 'Paris' : 'France',
  })),
].map((each) => ({ ...each, sources: [], leaks: false }));

describe('createKindCheck', () => {
  it('keeps countries out of relations that ask for cities, and cities out of those that ask for countries', () => {
    const isOfKind = createKindCheck(facts);
    expect([isOfKind('France', 'P19'), isOfKind('Paris', 'P19')]).toEqual([false, true]);
    expect([isOfKind('France', 'P27'), isOfKind('Paris', 'P27')]).toEqual([true, false]);
    expect([isOfKind('Paris', 'P108'), isOfKind('BBC', 'P108'), isOfKind('France', 'P131')]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
