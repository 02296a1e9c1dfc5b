import { describe, expect, it } from 'vitest';
import { facts, findFacts, objectsOf } from './find-facts.js';
import { relations } from './relations.js';

describe('facts', () => {
  it('gives the named relations in the order named', () => {
    const both = facts({ relations: ['P36', 'P103'] });
    expect([...new Set(both.map(({ relation }) => relation))]).toEqual(['P36', 'P103']);
    expect(both.length).toBe(facts({ relations: ['P103'] }).length + facts({ relations: ['P36'] }).length);
  });

  it('gives every relation by default', () => {
    expect(new Set(facts().map(({ relation }) => relation)).size).toBe(relations().length);
  });
});

describe('objectsOf', () => {
  it('lists the distinct objects, sorted', () => {
    expect(objectsOf('P30')).toEqual(['Africa', 'Americas', 'Antarctica', 'Asia', 'Europe']);
  });
});

describe('findFacts', () => {
  it('finds a subject in every relation', () => {
    const found = findFacts({ subject: 'Danielle Darrieux' });
    expect(found).toContainEqual(
      expect.objectContaining({ relation: 'P103', object: 'French', leaks: false }),
    );
    expect(found.every(({ subject }) => subject === 'Danielle Darrieux')).toBe(true);
  });

  it('finds an object inside one relation', () => {
    const found = findFacts({ object: 'Antarctica', relation: 'P30' });
    expect(found.length).toBeGreaterThan(100);
    expect(found).toEqual(facts({ relations: ['P30'] }).filter(({ object }) => object === 'Antarctica'));
  });

  it('asks for all given fields at once', () => {
    expect(findFacts({ subject: 'Danielle Darrieux', object: 'Latin' })).toEqual([]);
    expect(findFacts({ subject: 'Danielle Darrieux', object: 'French', relation: 'P36' })).toEqual([]);
  });

  it('compares labels in the spelling of the tables', () => {
    const composed = findFacts({ subject: 'Go Hyeon-jeong' });
    expect(composed.length).toBeGreaterThan(0);
    expect(findFacts({ subject: ' Go\u00a0Hyeon-jeong ' })).toEqual(composed);
  });

  it('gives a whole relation, or everything, when no label is given', () => {
    expect(findFacts({ relation: 'P36' })).toEqual(facts({ relations: ['P36'] }));
    expect(findFacts({}).length).toBe(facts().length);
  });

  it('refuses an unknown relation', () => {
    expect(() => findFacts({ subject: 'Paris', relation: 'P0' })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});
