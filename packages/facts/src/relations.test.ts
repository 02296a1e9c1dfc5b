import { describe, expect, it } from 'vitest';
import { relation, relations } from './relations.js';

describe('relations', () => {
  it('holds every relation of CounterFact', () => {
    const counterfact =
      'P17 P19 P20 P27 P30 P36 P37 P39 P101 P103 P106 P108 P127 P131 P136 P138 P140 P159 P176 P178 P190 P264 P276 P364 P407 P413 P449 P463 P495 P641 P740 P937 P1303 P1412';
    expect(relations().map(({ id }) => id)).toEqual(expect.arrayContaining(counterfact.split(' ')));
  });

  it('gives every relation its own id and label', () => {
    expect(new Set(relations().map(({ id }) => id)).size).toBe(relations().length);
    expect(new Set(relations().map(({ label }) => label)).size).toBe(relations().length);
  });

  it('cannot be changed by a caller', () => {
    expect(() => (relations() as unknown[]).pop()).toThrow(TypeError);
    expect(() => Object.assign(relation('P36'), { label: 'centre' })).toThrow(TypeError);
  });
});

describe('relation', () => {
  it('gives the relation of an id', () => {
    expect(relation('P103')).toEqual({
      id: 'P103',
      label: 'native language',
      subjectType: 'person',
      objectType: 'language',
      sourceRelation: 'wikidata:P103',
    });
  });

  it('refuses an unknown id', () => {
    expect(() => relation('P0')).toThrow(
      expect.objectContaining({ code: 'not-found', message: expect.stringContaining('"P0"') }),
    );
  });
});
