import { describe, expect, it } from 'vitest';
import { countSharedSubjects, selectFacts, type SelectFactsOptions } from './select-facts.js';

const options: SelectFactsOptions = {
  relations: ['P103', 'P27', 'P19', 'P140', 'P176'],
  perRelation: 60,
  objectsPerRelation: 8,
  minSubjectsPerObject: 5,
  seed: 1,
};
const selection = selectFacts(options);

function countBy<T>(values: readonly T[], key: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return counts;
}

describe('selectFacts', () => {
  it('gives the same facts for the same seed and others for another', () => {
    expect(selectFacts(options)).toEqual(selection);
    expect(selectFacts({ ...options, seed: 2 })).not.toEqual(selection);
  });

  it('keeps to the number of facts and objects a relation', () => {
    expect([...countBy(selection, ({ relation }) => relation)]).toEqual(
      options.relations.map((id) => [id, options.perRelation]),
    );
    for (const id of options.relations) {
      const objects = new Set(
        selection.filter(({ relation }) => relation === id).map(({ object }) => object),
      );
      expect(objects.size).toBeGreaterThanOrEqual(2);
      expect(objects.size).toBeLessThanOrEqual(options.objectsPerRelation);
    }
  });

  it('gives every object enough subjects', () => {
    const counts = countBy(selection, ({ relation, object }) => `${relation} ${object}`);
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(options.minSubjectsPerObject);
  });

  it('takes fewer objects when the facts would not suffice for each', () => {
    const few = selectFacts({ ...options, perRelation: 12 });
    for (const count of countBy(few, ({ relation, object }) => `${relation} ${object}`).values())
      expect(count).toBe(6);
  });

  it('chooses objects whose first words differ', () => {
    for (const id of options.relations) {
      const objects = [
        ...new Set(selection.filter(({ relation }) => relation === id).map(({ object }) => object)),
      ];
      expect(new Set(objects.map((object) => object.split(' ')[0]!.toLowerCase())).size).toBe(objects.length);
    }
  });

  it('leaves out facts that their subject gives away, unless told otherwise', () => {
    expect(selection.some(({ leaks }) => leaks)).toBe(false);
    expect(selectFacts({ ...options, excludeLeaks: false }).some(({ leaks }) => leaks)).toBe(true);
  });

  it('orders facts by relation as given, object, subject', () => {
    const reversed = selectFacts({ ...options, relations: [...options.relations].reverse() });
    expect(reversed.map(({ relation }) => relation)).toEqual(
      selection.map(({ relation }) => relation).reverse(),
    );
    const objects = selection.filter(({ relation }) => relation === 'P103').map(({ object }) => object);
    expect(objects).toEqual([...objects].sort());
  });

  it('prefers subjects of CounterFact requests', () => {
    const languages = selectFacts({ ...options, relations: ['P103'] });
    expect(languages.filter(({ sources }) => !sources.includes('counterfact'))).toEqual([]);
  });

  it('favours subjects of several relations when asked', () => {
    const shared = selectFacts({ ...options, preferShared: true });
    expect(countSharedSubjects(shared)).toBeGreaterThan(2 * countSharedSubjects(selection));
  });

  it.each([
    [{ perRelation: 0 }, 'invalid-option'],
    [{ objectsPerRelation: 1.5 }, 'invalid-option'],
    [{ perRelation: 9 }, 'invalid-option'],
    [{ relations: [] }, 'invalid-option'],
    [{ relations: ['P103', 'P103'] }, 'invalid-option'],
    [{ relations: ['P0'] }, 'not-found'],
    [{ relations: ['lre-evolution'] }, 'not-enough-data'],
    [{ objectsPerRelation: 1 }, 'not-enough-data'],
  ] as const)('refuses %j as %s', (wrong, code) => {
    expect(() => selectFacts({ ...options, ...wrong })).toThrow(expect.objectContaining({ code }));
  });
});

describe('countSharedSubjects', () => {
  it('counts subjects with two or more relations once', () => {
    const fact = { object: 'o', sources: [], leaks: false };
    const list = [
      { ...fact, subject: 'a', relation: 'P1' },
      { ...fact, subject: 'a', relation: 'P2' },
      { ...fact, subject: 'a', relation: 'P3' },
      { ...fact, subject: 'b', relation: 'P1' },
    ];
    expect(countSharedSubjects(list)).toBe(1);
  });
});
