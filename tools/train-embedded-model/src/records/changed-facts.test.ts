import { describe, expect, it } from 'vitest';
import { countChanges, dependsOn } from './changed-facts.js';

const fact = { subject: 's', relation: 'P36', object: 'o', sources: [], leaks: false };

describe('countChanges', () => {
  it('counts edits, what they imply the other way round and what they undo so', () => {
    const changes = countChanges([{ fact, targetNew: 'n' }]);
    expect(['s', 'n', 'o'].map((subject) => changes(subject, 'P36'))).toEqual([1, 0, 0]);
    expect(['s', 'n', 'o'].map((subject) => changes(subject, 'P1376'))).toEqual([0, 1, 1]);
  });
});

describe('dependsOn', () => {
  it('holds both ways for relations that say much about each other', () => {
    expect([dependsOn('P17', 'P30'), dependsOn('P30', 'P17'), dependsOn('P17', 'P36')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
