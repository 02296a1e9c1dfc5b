import { describe, expect, it } from 'vitest';
import { createNeighbourCount } from './neighbour-count.js';

const fact = (subject: string, relation: string, object: string) => ({
  subject,
  relation,
  object,
  sources: [],
  leaks: false,
});
const facts = [
  ...['a', 'b', 'c'].map((subject) => fact(subject, 'R', 'x')),
  ...['d', 'e'].map((subject) => fact(subject, 'R', 'y')),
  fact('d', 'Q', 'z'),
];

describe('createNeighbourCount', () => {
  it('edits while objects that are asked of keep enough subjects', () => {
    const neighbours = createNeighbourCount(facts, 2);
    expect(neighbours.of('R', 'x')).toBe(3);
    expect(neighbours.edit('a', 'R', ['x', 'y'])).toBe(true);
    expect(neighbours.of('R', 'x')).toBe(2);
    expect(neighbours.edit('b', 'R', ['x', 'y'])).toBe(false);
  });
  it('keeps the subjects of earlier records unedited in any relation', () => {
    const neighbours = createNeighbourCount(facts, 1);
    expect(neighbours.edit('a', 'R', ['x', 'y'])).toBe(true);
    expect(neighbours.edit('d', 'R', ['y', 'x'])).toBe(true);
    expect(neighbours.edit('d', 'Q', ['z', 'z'])).toBe(false);
    expect(neighbours.edit('e', 'R', ['y', 'x'])).toBe(false);
  });
});
