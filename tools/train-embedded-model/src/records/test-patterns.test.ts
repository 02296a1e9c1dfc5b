import { relationPhrasings } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { createTestPatterns } from './test-patterns.js';

const patterns = createTestPatterns(relationPhrasings, 1);
const relations = relationPhrasings.map(({ relation }) => relation);

describe('createTestPatterns', () => {
  it('tests no phrasing that requests state, and none of two relations', () => {
    const used = relations.flatMap((relation) => [
      ...patterns.tests(relation),
      ...patterns.requests(relation),
    ]);
    expect(new Set(used).size).toBe(used.length);
  });
  it('leaves each relation of this package some of both', () => {
    for (const relation of relations) {
      expect(patterns.tests(relation).length).toBeGreaterThanOrEqual(4);
      expect(patterns.requests(relation).length).toBeGreaterThanOrEqual(8);
    }
  });
});
