import { facts } from '@sakejs/facts';
import type { EditRequest } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createFactIndex } from './fact-index.js';
import { findRelation } from './find-relation.js';
import { relationPhrasings } from './phrasings/all-relations.js';

const none = createFactIndex([]);
const all = createFactIndex(facts());
const request = (prompt: string, subject = 'X', targetTrue = 'A', targetNew = 'B'): EditRequest => ({
  subject,
  prompt,
  targetTrue,
  targetNew,
});

describe('findRelation', () => {
  it('takes the relation that the request names', () => {
    const named = { ...request('{} is'), relation: 'P36' };
    expect(findRelation(named, none)).toMatchObject({ phrasings: { relation: 'P36' }, similarity: 1 });
  });

  it('finds each relation by its own wordings', () => {
    for (const { relation, statements } of relationPhrasings) {
      const distinct = statements.filter(
        (pattern) => relationPhrasings.filter((other) => other.statements.includes(pattern)).length === 1,
      );
      for (const pattern of distinct)
        expect(findRelation(request(pattern), none), pattern).toMatchObject({
          phrasings: { relation },
          similarity: 1,
        });
    }
  });

  it.each([
    ['the mother tongue of {}, is', 'P103'],
    ['The current capital city of {} is', 'P36'],
    ['{} has the occupation of', 'P106'],
    ['The religion followed by {} is', 'P140'],
    ['What musical instrument does {} play? It is the', 'P1303'],
  ])('finds the nearest relation of %j without facts', (prompt, relation) => {
    const match = findRelation(request(prompt), none);
    expect(match.phrasings.relation).toBe(relation);
    expect(match.similarity).toBeGreaterThanOrEqual(0.5);
  });

  it('tells relations that share a wording apart by the facts', () => {
    const beirut = request('{} is located in', 'Beirut', 'Lebanon', 'Peru');
    expect(findRelation(beirut, all).phrasings.relation).toBe('P17');
    const coast = request('{} lies in', 'Somewhere Cold', 'Antarctica', 'Asia');
    expect(findRelation(coast, all).phrasings.relation).toBe('P30');
  });

  it('takes a wording that is far from all others when the facts hold the request', () => {
    const index = createFactIndex([{ relation: 'P413', subject: 'Percy Snow', object: 'linebacker' }]);
    const prompt = request('{}, the', 'Percy Snow', 'linebacker', 'goaltender');
    expect(findRelation(prompt, index).phrasings.relation).toBe('P413');
  });

  it('refuses what is like no relation', async () => {
    await expectCode(() => findRelation(request('The shoe size of {} is'), none), 'not-found');
    await expectCode(() => findRelation(request('{}'), none), 'not-found');
  });
});
