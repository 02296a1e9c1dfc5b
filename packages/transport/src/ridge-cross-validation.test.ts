import { createRandom, row, selectRows, type MapperInput, type Matrix } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { buresWasserstein, DEFAULT_RIDGES } from './bures-wasserstein.js';
import { meanShift } from './mean-shift.js';
import { rowFolds } from './row-folds.js';

/** Prompts with one source and one target row each; the target is a shifted copy plus noise. */
function prompts(count: number, dim: number, noise: number): MapperInput {
  const random = createRandom('prompts');
  const source = new Float64Array(count * dim).map(() => random.normal());
  const target = source.map((value) => value + 3 + noise * random.normal());
  const groups = Array.from({ length: count }, (_, index) => index);
  return {
    source: { rows: count, cols: dim, data: source },
    target: { rows: count, cols: dim, data: target },
    sourceGroups: groups,
    targetGroups: groups,
  };
}
const crossValidated = (options = {}): ReturnType<typeof buresWasserstein> =>
  buresWasserstein({ ridge: 'cross-validated', ...options }) as ReturnType<typeof buresWasserstein>;

describe('crossValidateRidge', () => {
  it('chooses a strong ridge when rows are too few to show a covariance', async () => {
    const map = await crossValidated().fit(prompts(10, 40, 1));
    expect(map.settings['ridge']).toBeGreaterThanOrEqual(1);
    expect(map.settings['criterion']).toBe('energy-distance');
  });

  it('chooses a weak ridge when covariances differ and rows are many', async () => {
    const input = prompts(200, 3, 0);
    const squeezed = input.target.data.map((value, at) => (at % 3 === 0 ? value * 0.05 : value));
    const map = await crossValidated().fit({ ...input, target: { ...input.target, data: squeezed } });
    expect(map.settings['ridge']).toBeLessThanOrEqual(0.1);
  });

  it('takes the ridge with the best score where a score is given', async () => {
    // The score likes activations near the target mean, which a strong ridge cannot reach.
    const score = (mapped: Matrix): Promise<number> => {
      let sum = 0;
      for (const value of mapped.data) sum -= (value - 3) ** 2;
      return Promise.resolve(sum / mapped.rows);
    };
    const input = prompts(60, 4, 0);
    const shrunk = input.target.data.map((value) => 3 + 0.01 * (value - 3));
    const map = await crossValidated().fit({ ...input, target: { ...input.target, data: shrunk }, score });
    expect(map.settings).toMatchObject({ ridge: 0.01, criterion: 'score', folds: 5, seed: 0 });
    const scores = DEFAULT_RIDGES.map((ridge) => map.settings[`score[${ridge}]`] as number);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('takes the larger ridge of exact ties', async () => {
    const map = await crossValidated().fit({ ...prompts(20, 4, 1), score: () => Promise.resolve(0.5) });
    expect(map.settings['ridge']).toBe(100);
  });

  it('fits the chosen ridge on all rows', async () => {
    const input = prompts(20, 4, 1);
    const map = await crossValidated().fit(input);
    const direct = buresWasserstein({ ridge: map.settings['ridge'] as number }).fit(input);
    expect(map.toTensors().tensors).toEqual(direct.toTensors().tensors);
  });

  it('scores each source row once, on maps that did not see its prompt', async () => {
    const { source, target } = prompts(12, 2, 0.1);
    // Two rows of every prompt on the source side, and a target for every other prompt only.
    const twice = Float64Array.from([...source.data, ...source.data]);
    const groups = Array.from({ length: 12 }, (_, index) => index);
    const even = groups.filter((group) => group % 2 === 0);
    const held: number[] = [];
    const input: MapperInput = {
      source: { rows: 24, cols: 2, data: twice },
      target: {
        rows: 6,
        cols: 2,
        data: Float64Array.from(even.flatMap((g) => [...target.data.subarray(2 * g, 2 * g + 2)])),
      },
      sourceGroups: [...groups, ...groups],
      targetGroups: even,
      score: (mapped) => {
        held.push(mapped.rows);
        return Promise.resolve(0);
      },
    };
    await crossValidated({ ridges: [1], folds: 3 }).fit(input);
    expect(held).toHaveLength(3);
    expect(held.reduce((sum, rows) => sum + rows, 0)).toBe(24);
    expect(held.every((rows) => rows % 2 === 0)).toBe(true);
  });

  it('scores maps that were fitted on the other folds alone', async () => {
    const input = prompts(12, 3, 0.5);
    const seen: Matrix[] = [];
    const score = (mapped: Matrix): Promise<number> => {
      seen.push(mapped);
      return Promise.resolve(0);
    };
    await crossValidated({ ridges: [0.5], folds: 4, seed: 3 }).fit({ ...input, score });
    const expected = rowFolds(input, 4, 3).map(({ source, target }) => {
      const map = buresWasserstein({ ridge: 0.5 }).fit({
        source: selectRows(input.source, source.fit),
        target: selectRows(input.target, target.fit),
      });
      return source.heldOut.flatMap((index) => [...map.apply(row(input.source, index))]);
    });
    expect(seen.map(({ data }) => [...data])).toEqual(expected);
  });

  it('gives the same choice for the same seed, whatever the order of fits', async () => {
    const input = prompts(15, 6, 1);
    const first = await crossValidated({ seed: 7 }).fit(input);
    await crossValidated({ seed: 8 }).fit(input);
    expect((await crossValidated({ seed: 7 }).fit(input)).settings).toEqual(first.settings);
  });

  it('approaches the mean shift as the ridge grows', async () => {
    const input = prompts(15, 6, 1);
    const map = await crossValidated({ ridges: [1e12] }).fit(input);
    const shift = meanShift().fit(input);
    const h = input.source.data.subarray(0, 6) as Float64Array;
    map.apply(h).forEach((value, at) => expect(value).toBeCloseTo(shift.apply(h)[at]!, 9));
  });

  it('refuses fewer prompts than folds, groups on one side only or of a wrong number, and a score of NaN', async () => {
    const input = prompts(4, 2, 1);
    await expectCode(() => crossValidated().fit(input), 'not-enough-data');
    const { source, target, sourceGroups } = prompts(10, 2, 1);
    await expectCode(
      () => crossValidated().fit({ source, target, sourceGroups: sourceGroups! }),
      'invalid-input',
    );
    const short = { source, target, sourceGroups: [1], targetGroups: [1] };
    await expectCode(() => crossValidated().fit(short), 'shape-mismatch');
    const score = (): Promise<number> => Promise.resolve(Number.NaN);
    await expectCode(() => crossValidated().fit({ source, target, score }), 'numerical');
  });
});
