import { createRandom } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { fitDiscriminant, margin, type PromptStates } from './discriminant.js';
import { rowScatter } from './scatter.js';
import { shrunkSolve } from './shrunk-solve.js';

const options = { shrinkage: 0.3, target: { kind: 'balanced' }, folds: 5, seed: 0 } as const;

function prompts(name: string, count: number, centre: readonly number[], noise: number): PromptStates[] {
  const random = createRandom(name);
  return Array.from({ length: count }, (_, index) => {
    const states = [Float64Array.from(centre, (value) => value + noise * random.normal())];
    return { key: `${name} ${index}`, learn: states, score: states };
  });
}

describe('fitDiscriminant', () => {
  const positives = prompts('positive', 30, [1, 0, 0, 2], 0.2);
  const negatives = prompts('negative', 40, [0, 1, 0, 2], 0.2);
  const { discriminant, calibration } = fitDiscriminant('test', positives, negatives, options);

  it('separates clusters and gives zero error on held-out prompts', () => {
    expect(calibration).toMatchObject({ falseReject: 0, falseAccept: 0, positives: 30, negatives: 40 });
    expect(margin(discriminant, Float64Array.of(1, 0, 0, 2))).toBeGreaterThan(0.5);
    expect(margin(discriminant, Float64Array.of(0, 1, 0, 2))).toBeLessThan(-0.5);
  });

  it('does not look at the length of a state', () => {
    const state = Float64Array.of(0.3, 0.1, -0.2, 1);
    const longer = state.map((value) => 8 * value);
    expect(margin(discriminant, longer)).toBeCloseTo(margin(discriminant, state), 12);
  });

  it('scores a prompt by the largest margin among its states', () => {
    // Each negative also holds one state like the positives', which only scoring sees: no border separates.
    const mixed = negatives.map((prompt, index) => ({
      ...prompt,
      score: [...prompt.score, ...positives[index % 30]!.score],
    }));
    const { calibration } = fitDiscriminant('test', positives, mixed, options);
    expect(calibration.falseAccept! + calibration.falseReject!).toBeGreaterThan(0.8);
  });

  it('calibrates on held-out prompts: noise does not look separable', () => {
    const noise = (name: string): PromptStates[] => prompts(name, 20, new Array<number>(60).fill(0), 1);
    const { calibration, discriminant } = fitDiscriminant('test', noise('a'), noise('b'), {
      ...options,
      shrinkage: 0.05,
    });
    expect(calibration.falseAccept! + calibration.falseReject!).toBeGreaterThan(0.5);
    const inSample = noise('a').filter(({ score }) => margin(discriminant, score[0]!) >= 0).length / 20;
    expect(inSample).toBeGreaterThan(0.5);
  });

  it('holds out all prompts of a key at once', () => {
    // Two copies of pure noise: held out one by one, each would be known from its copy.
    const noise = (name: string, shared: boolean): PromptStates[] => {
      const once = prompts(name, 20, new Array<number>(60).fill(0), 1);
      return [...once, ...once.map((prompt) => (shared ? prompt : { ...prompt, key: `${prompt.key} copy` }))];
    };
    const errors = (shared: boolean): number => {
      const { calibration } = fitDiscriminant('test', noise('a', shared), noise('b', shared), {
        ...options,
        shrinkage: 0.05,
        folds: 20,
      });
      return calibration.falseAccept! + calibration.falseReject!;
    };
    // Chance is 1; the border that suits 40 prompts best leaves half of that.
    expect(errors(true)).toBeGreaterThan(0.4);
    expect(errors(false)).toBeLessThan(0.1);
  });

  it('never forms a d×d matrix', () => {
    // One matrix of this width takes 320 GB, which no machine that runs tests hands out.
    const centre = (value: number): number[] => new Array<number>(200_000).fill(value);
    const { discriminant } = fitDiscriminant(
      'test',
      prompts('wide positive', 4, centre(1), 0.5),
      prompts('wide negative', 4, centre(-1), 0.5),
      { ...options, folds: 2 },
    );
    expect(margin(discriminant, Float64Array.from(centre(1)))).toBeGreaterThan(0);
  });

  it('refuses one prompt a side, equal classes, equal states and states of zeros', async () => {
    const fit = (a: PromptStates[], b: PromptStates[]): unknown => fitDiscriminant('test', a, b, options);
    await expectCode(() => fit(positives.slice(0, 1), negatives), 'not-enough-data');
    await expectCode(
      () => fit(prompts('same', 4, [1, 2], 0), prompts('other', 4, [1, 2], 0)),
      'not-enough-data',
    );
    await expectCode(() => fit(prompts('a', 4, [1, 2], 0), prompts('b', 4, [2, 1], 0)), 'not-enough-data');
    await expectCode(() => fit(prompts('a', 4, [0, 0], 0), negatives), 'invalid-input');
    await expectCode(() => margin(discriminant, new Float64Array(4)), 'invalid-input');
  });
});

describe('shrunkSolve', () => {
  it.each([
    ['n < d', 6, 15, 0.3],
    ['n > d', 40, 5, 0.01],
    ['full shrinkage', 6, 4, 1],
  ])('agrees with a dense solver for %s', (_, rows, dim, alpha) => {
    const random = createRandom('shrunk-solve');
    const x = Float64Array.from({ length: rows * dim }, () => random.normal());
    const right = Float64Array.from({ length: dim }, () => random.normal());
    const dense = new Matrix(Array.from({ length: rows }, (_, i) => [...x.subarray(i * dim, (i + 1) * dim)]));
    const s = dense.transpose().mmul(dense).div(rows);
    const shrunk = Matrix.add(Matrix.mul(s, 1 - alpha), Matrix.eye(dim, dim).mul((alpha * s.trace()) / dim));
    const expected = solve(shrunk, Matrix.columnVector([...right])).to1DArray();
    shrunkSolve('test', rowScatter(x, rows, dim), right, alpha).forEach((value, j) =>
      expect(value).toBeCloseTo(expected[j]!, 8),
    );
  });
});
