import { createRandom, type MapperInput, type Matrix } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { rowFolds } from './row-folds.js';

const rows = (count: number): Matrix => ({ rows: count, cols: 1, data: new Float64Array(count) });

/** 24 source rows and 15 target rows of prompts 0 to 11 and 3 to 14, in no order. */
const random = createRandom('row-folds');
const sourceGroups = random.shuffle(Array.from({ length: 24 }, (_, index) => index % 12));
const targetGroups = random.shuffle(Array.from({ length: 15 }, (_, index) => 3 + (index % 12)));
const input: MapperInput = { source: rows(24), target: rows(15), sourceGroups, targetGroups };

describe('rowFolds', () => {
  const folds = rowFolds(input, 4, 7);

  it('holds out every row once and fits on all the others', () => {
    for (const [side, count] of [['source', 24] as const, ['target', 15] as const]) {
      const held = folds.flatMap((fold) => fold[side].heldOut);
      expect(held.sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
      for (const fold of folds)
        expect([...fold[side].fit, ...fold[side].heldOut].sort((a, b) => a - b)).toEqual([
          ...Array(count).keys(),
        ]);
    }
  });

  it('never fits on a prompt that it holds out, on either side', () => {
    for (const { source, target } of folds) {
      const heldOut = new Set([
        ...source.heldOut.map((index) => sourceGroups[index]),
        ...target.heldOut.map((index) => targetGroups[index]),
      ]);
      const fitted = [
        ...source.fit.map((index) => sourceGroups[index]),
        ...target.fit.map((index) => targetGroups[index]),
      ];
      expect(fitted.filter((group) => heldOut.has(group))).toEqual([]);
    }
  });

  it('holds something out and fits on something on both sides, in every fold', () => {
    for (const { source, target } of folds)
      for (const { fit, heldOut } of [source, target])
        expect(Math.min(fit.length, heldOut.length)).toBeGreaterThan(0);
  });

  it('takes each row for a prompt of its own without groups', () => {
    const own = rowFolds({ source: rows(6), target: rows(9) }, 3, 0);
    expect(own.map(({ source }) => source.heldOut.length)).toEqual([2, 2, 2]);
    expect(own.map(({ target }) => target.heldOut.length)).toEqual([3, 3, 3]);
  });

  it('counts prompts, not rows, against the folds', async () => {
    const few = { ...input, targetGroups: targetGroups.map((group) => group % 3) };
    await expectCode(() => rowFolds(few, 4, 0), 'not-enough-data');
  });
});
