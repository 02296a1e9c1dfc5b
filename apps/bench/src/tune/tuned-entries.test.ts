import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { madeUpModel } from '../../test/result-file.js';
import { rank } from './run-tune.js';
import { methodNames } from 'sakejs';
import { blockRuns, blocksOf } from './sweeps/weight-sweeps.js';
import { fixedMethods, sweeps, sweptMethods } from './sweeps/sweeps.js';
import { drawSettings, gridOf, OWN_SETTINGS, tunedEntries } from './tuned-entries.js';

const info = { ...madeUpModel, layers: 4 };
const labels = (name: string, budget: number, seed = 0): string[] =>
  drawSettings(name, info, { budget, seed }).map(({ label }) => label);

/** What `sake-bench tune` gives each method unless told otherwise. */
const BUDGET = 9;

describe('sweeps', () => {
  it('has every built-in method, but for those of fixed settings', () => {
    expect([...sweptMethods, ...Object.keys(fixedMethods)].sort()).toEqual([...methodNames].sort());
  });

  it.each(sweptMethods)('makes %s at every setting of its grid, each with a label of its own', (name) => {
    const grid = gridOf(name, info);
    const make = sweeps[name]!.make({ info });
    expect(grid.length).toBeGreaterThanOrEqual(BUDGET);
    expect(new Set(grid.map(({ label }) => label)).size).toBe(grid.length);
    for (const { values } of grid) expect(typeof make(values).learn).toBe('function');
  });
});

describe('blockRuns', () => {
  it('ends at and beside the block that edits are written into, within the model', () => {
    expect(blockRuns({ ...info, layers: 6 })).toEqual([
      '1-1',
      '0-1',
      '2-2',
      '1-2',
      '0-2',
      '3-3',
      '2-3',
      '1-3',
    ]);
    expect(blockRuns({ ...info, layers: 1 })).toEqual(['0-0']);
    expect(blocksOf('1-3')).toEqual([1, 2, 3]);
  });
});

describe('drawSettings', () => {
  it('takes the whole grid where the budget allows', () => {
    expect(labels('icl', 100)).toEqual(gridOf('icl', info).map(({ label }) => label));
  });

  it('draws as many as the budget of a larger grid, in its order, the same for the same seed', () => {
    const drawn = labels('ft', 12);
    const grid = gridOf('ft', info).map(({ label }) => label);
    expect(drawn).toHaveLength(12);
    expect(drawn).toEqual(grid.filter((label) => drawn.includes(label)));
    expect(labels('ft', 12)).toEqual(drawn);
    expect(labels('ft', 12, 1)).not.toEqual(drawn);
  });

  it('names the methods that have a grid when asked for another', async () => {
    const error = await expectCode(
      async () => drawSettings('luck', info, { budget: 1, seed: 0 }),
      'unknown-kind',
    );
    expect(error.message).toMatch(/expected a method among sake, .*, got luck/);
  });
});

describe('tunedEntries', () => {
  it('keeps the work of every setting apart', async () => {
    const entries = await tunedEntries('grace', info, { budget: 5, seed: 0 });
    expect(entries[0]!.name).toBe(OWN_SETTINGS);
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(6);
  });

  it('keeps work with moments of another number of tokens apart, where the method has a use for them', async () => {
    const prints = async (name: string, moments?: { tokens: number }): Promise<(string | undefined)[]> =>
      (await tunedEntries(name, info, { budget: 1, seed: 0, moments })).map((entry) => entry.fingerprint);
    const [own, fewer] = [await prints('rome'), await prints('rome', { tokens: 500 })];
    expect(new Set([...own, ...fewer]).size).toBe(4);
    expect(await prints('icl', { tokens: 500 })).toEqual(await prints('icl'));
  });
});

describe('rank', () => {
  const row = (method: string, accuracy: number, generality: number, specificity: number): object => {
    const value = (of: number): object => ({ value: of });
    const harmonic =
      accuracy * generality * specificity === 0 ? 0 : 3 / (1 / accuracy + 1 / generality + 1 / specificity);
    return {
      ...{ method, learned: 3 },
      metrics: {
        accuracy: value(accuracy),
        generality: value(generality),
        specificity: value(specificity),
        harmonicMean: value(harmonic),
      },
    };
  };

  it('puts the best harmonic mean first, and the better plain mean where that is 0', () => {
    const rows = [
      row('a', 0, 0, 1),
      row('b', 1, 0.5, 1),
      row(OWN_SETTINGS, 0.9, 0.9, 0.9),
      row('c', 1, 0, 1),
    ];
    const ranked = rank({ rows } as unknown as Parameters<typeof rank>[0], new Map([['b', { x: 1 }]]));
    expect(ranked.map(({ label }) => label)).toEqual([OWN_SETTINGS, 'b', 'c', 'a']);
    expect(ranked.map(({ setting }) => setting)).toEqual([undefined, { x: 1 }, undefined, undefined]);
  });
});
