import type { MapEdit, ScopedEdit, ScopeMatch } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { learnCapital } from '../test/loaders.js';
import { rankEdits } from './rank-edits.js';

let edit: ScopedEdit;
beforeAll(async () => {
  edit = await learnCapital('France', 'Rome');
});

/** An edit whose scope gives that match. */
function matching(id: string, match: ScopeMatch, threshold = 1): ScopedEdit {
  return { ...edit, id, scope: { ...edit.scope, threshold, match: () => match } };
}

const query = { lastTokenActivation: new Float32Array(32) };
const order = (...edits: ScopedEdit[]): string[] => rankEdits(edits, query).map(({ edit: { id } }) => id);

describe('rankEdits', () => {
  it('puts what is in scope first, then the smallest distance for its threshold', () => {
    expect(
      order(
        matching('out', { distance: 1.1 }),
        matching('far', { distance: 0.5 }),
        matching('near', { distance: 3 }, 10),
      ),
    ).toEqual(['near', 'far', 'out']);
  });

  it('counts a distance equal to the threshold as in scope', () => {
    expect(rankEdits([matching('edge', { distance: 1 })], query)[0]).toMatchObject({
      inScope: true,
      ratio: 1,
    });
  });

  it('prefers the latest mention, whatever the distances', () => {
    expect(
      order(
        matching('late', { distance: 0.9, position: 7 }),
        matching('early', { distance: 0.1, position: 2 }),
        matching('none', { distance: 0 }),
      ),
    ).toEqual(['late', 'early', 'none']);
  });

  it('looks at mentions among those in scope only', () => {
    expect(
      order(matching('out', { distance: 2, position: 9 }), matching('in', { distance: 0.9, position: 1 })),
    ).toEqual(['in', 'out']);
  });

  describe('an edit with maps of what follows', () => {
    const following = (
      own: ScopeMatch,
      ...implied: readonly (readonly [string, ScopeMatch])[]
    ): ScopedEdit => {
      const { scope } = matching('with', own);
      const parts = implied.map(([name, match]) => ({
        name,
        map: (edit as MapEdit).map,
        scope: { ...scope, match: () => match },
      }));
      return { ...(edit as MapEdit), id: 'with', scope, implied: parts };
    };

    it('stands where the first of its scopes that holds the query does', () => {
      const [first, second] = rankEdits(
        [
          matching('other', { distance: 0.5 }),
          following({ distance: 3 }, ['a', { distance: 0.9 }], ['b', { distance: 0.2 }]),
        ],
        query,
      );
      expect([first!.edit.id, first!.implied?.name, first!.ratio]).toEqual(['with', 'b', 0.2]);
      expect(second!.edit.id).toBe('other');
    });

    it('is itself where its own scope is nearer, or none holds the query', () => {
      for (const own of [{ distance: 0.1 }, { distance: 3 }]) {
        const [only] = rankEdits([following(own, ['a', { distance: own.distance < 1 ? 0.5 : 1.5 }])], query);
        expect(only).toMatchObject({ distance: own.distance });
        expect(only).not.toHaveProperty('implied');
      }
    });

    it('does not ask how far a query is that a scope cannot hold', () => {
      const base = following({ distance: 3 }, ['a', { distance: 0 }]) as MapEdit;
      const asked = { ...base.implied![0]!.scope, mayHold: () => false };
      const edited = { ...base, implied: [{ ...base.implied![0]!, scope: asked }] };
      expect(rankEdits([edited], query)[0]).not.toHaveProperty('implied');
    });
  });

  it('gives ties to the newest', () => {
    expect(order(matching('old', { distance: 0.5 }), matching('new', { distance: 0.5 }))).toEqual([
      'new',
      'old',
    ]);
  });

  it('ranks infinite distances last, newest first', () => {
    expect(
      order(
        matching('a', { distance: Infinity }),
        matching('b', { distance: Infinity }),
        matching('c', { distance: 5 }),
      ),
    ).toEqual(['c', 'b', 'a']);
  });

  it('takes thresholds of zero, below zero and without end', () => {
    const ratios = [
      matching('zero', { distance: 0 }, 0),
      matching('above', { distance: 0.1 }, 0),
      matching('below', { distance: -2 }, -1),
      matching('endless', { distance: 5 }, Infinity),
    ].map((candidate) => rankEdits([candidate], query)[0]!.ratio);
    expect(ratios).toEqual([1, Infinity, 1, 1]);
  });

  it('refuses a distance that is not a number, naming the edit', async () => {
    const error = await expectCode(() => rankEdits([matching('bad', { distance: NaN })], query), 'numerical');
    expect(error.message).toContain("'bad'");
  });
});
