import { createRandom, type LabelledQuery, type PromptKind, type Query } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { Matrix, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { cosineCentroid } from './cosine-centroid.js';
import { euclideanCentroid } from './euclidean-centroid.js';
import { mahalanobis } from './mahalanobis.js';
import { nearestRow } from './nearest-row.js';
import { shrunkCovariance } from './shrunk-covariance.js';

const at = (kind: PromptKind, ...values: number[]): LabelledQuery => ({
  kind,
  lastTokenActivation: Float64Array.from(values),
});
const query = (...values: number[]): Query => ({ lastTokenActivation: Float64Array.from(values) });
const square = [
  at('paraphrase', 0, 0),
  at('paraphrase', 2, 0),
  at('paraphrase', 0, 2),
  at('paraphrase', 2, 2),
];
const given = { threshold: 1 };

/** Gaussian paraphrases around the origin and negatives around a far point, [d]. */
function cluster(
  dim: number,
  positives: number,
  negatives: number,
): { positives: LabelledQuery[]; negatives: LabelledQuery[] } {
  const random = createRandom('cluster');
  const draw = (kind: PromptKind, offset: number): LabelledQuery => ({
    kind,
    lastTokenActivation: Float64Array.from({ length: dim }, () => offset + random.normal()),
  });
  return {
    positives: Array.from({ length: positives }, () => draw('paraphrase', 0)),
    negatives: Array.from({ length: negatives }, () => draw('unrelated', 1)),
  };
}

describe('euclideanCentroid', () => {
  it('is the distance to the mean', () => {
    const scope = euclideanCentroid(given).fit({ positives: square, negatives: [] });
    expect(scope.match(query(4, 5))).toEqual({ distance: 5 });
    expect(scope.settings).toMatchObject({ space: 'activation', centre: 'plain', calibration: 'given' });
  });

  it('takes forced prompts into the centre on request, doubts never', () => {
    const positives = [at('paraphrase', 0, 0), at('forced', 2, 0), at('doubt', 100, 0)];
    const distance = (centre: 'plain' | 'all'): number =>
      euclideanCentroid({ ...given, centre })
        .fit({ positives, negatives: [] })
        .match(query(0, 0)).distance;
    expect([distance('plain'), distance('all')]).toEqual([0, 1]);
  });

  it('covers 0.95 of unseen positives by default, where an in-sample threshold would not', () => {
    // 40 prompts in 60 dimensions: the mean is much nearer to its own prompts than to others.
    const { positives, negatives } = cluster(60, 240, 40);
    const [fitted, unseen] = [positives.slice(0, 40), positives.slice(40)];
    const scope = euclideanCentroid().fit({ positives: fitted, negatives });
    const distances = (queries: readonly Query[]): number[] =>
      queries.map((query) => scope.match(query).distance);
    const inSample = distances(fitted).sort((a, b) => a - b)[37]!;
    expect(scope.threshold).toBeGreaterThan(inSample);
    const covered = (threshold: number): number =>
      distances(unseen).filter((distance) => distance <= threshold).length / unseen.length;
    // A threshold from 40 prompts covers 0.95 with a standard error of 0.034.
    expect(covered(scope.threshold)).toBeGreaterThan(0.88);
    expect(covered(inSample)).toBeLessThan(covered(scope.threshold) - 0.05);
    expect(scope.settings).toMatchObject({
      calibration: 'coverage 0.95',
      falseReject: 0.05,
      positives: 40,
      negatives: 40,
    });
  });

  it('holds out all prompts of a group at once', () => {
    const { positives, negatives } = cluster(60, 20, 5);
    // Four copies of each prompt: held out one by one, the others would still be in the centre.
    const copies = [...positives, ...positives, ...positives, ...positives];
    const fit = (grouped: boolean): number =>
      euclideanCentroid({ folds: 20 }).fit({
        positives: copies.map((query, index) => (grouped ? { ...query, group: index % 20 } : query)),
        negatives,
      }).threshold;
    expect(fit(true)).toBeGreaterThan(fit(false));
    expect(fit(true)).toBeCloseTo(
      euclideanCentroid({ folds: 20 }).fit({ positives, negatives }).threshold,
      10,
    );
  });

  it('calibrates on the kinds it is told to', () => {
    const { positives, negatives } = cluster(4, 40, 10);
    const far = Array.from({ length: 40 }, (_, index) => at('doubt', 8 + index / 40, 0, 0, 0));
    const fit = (calibrateOn?: readonly PromptKind[]): number =>
      euclideanCentroid(calibrateOn && { calibrateOn }).fit({ positives: [...positives, ...far], negatives })
        .threshold;
    expect(fit()).toBeLessThan(6);
    expect(fit(['paraphrase', 'doubt'])).toBeGreaterThan(8);
  });

  it('says so when prompts are too few to hold one out or all alike', async () => {
    const [one] = square;
    const negatives = [at('unrelated', 5, 5)];
    await expectCode(() => euclideanCentroid().fit({ positives: [one!], negatives }), 'not-enough-data');
    await expectCode(
      () => euclideanCentroid().fit({ positives: [one!, one!, one!], negatives }),
      'numerical',
    );
    const doubts = [at('doubt', 1, 1)];
    await expectCode(() => euclideanCentroid(given).fit({ positives: doubts, negatives }), 'not-enough-data');
  });

  it('refuses spaces, centres and thresholds that do not exist', async () => {
    for (const options of [
      { space: 'logits' },
      { centre: 'none' },
      { threshold: 0 },
      { threshold: Number.NaN },
      { folds: 1 },
    ])
      await expectCode(() => euclideanCentroid(options as object), 'invalid-option');
  });
});

describe('cosineCentroid', () => {
  it('is one minus the cosine, whatever the lengths', () => {
    const scope = cosineCentroid(given).fit({ positives: [at('paraphrase', 3, 0)], negatives: [] });
    expect(scope.match(query(7, 0)).distance).toBe(0);
    expect(scope.match(query(0, 2)).distance).toBeCloseTo(1, 15);
    expect(scope.match(query(-1, 0)).distance).toBe(2);
    expect(scope.match(query(1, 1)).distance).toBeCloseTo(1 - Math.SQRT1_2, 15);
  });

  it('refuses a vector without a direction', async () => {
    const scope = cosineCentroid(given).fit({ positives: [at('paraphrase', 3, 0)], negatives: [] });
    await expectCode(() => scope.match(query(0, 0)), 'invalid-input');
  });
});

describe('nearestRow', () => {
  it('is the distance to the nearest prompt', () => {
    const scope = nearestRow(given).fit({ positives: square, negatives: [] });
    expect(scope.match(query(5, 6)).distance).toBe(5);
    expect(scope.match(query(0, 2)).distance).toBe(0);
  });

  it('stores each distinct prompt once', () => {
    const scope = nearestRow(given).fit({ positives: [...square, ...square], negatives: [] });
    expect(scope.toTensors().tensors['rows']!.shape).toEqual([4, 2]);
  });
});

describe('mahalanobis', () => {
  it('weighs each axis by its shrunk variance', () => {
    // Variances 4 and 1, mean 2.5: with shrinkage 0.5 they become 3.25 and 1.75.
    const positives = [
      at('paraphrase', 2, 1),
      at('paraphrase', -2, 1),
      at('paraphrase', 2, -1),
      at('paraphrase', -2, -1),
    ];
    const scope = mahalanobis({ ...given, shrinkage: 0.5 }).fit({ positives, negatives: [] });
    expect(scope.match(query(3, 0)).distance).toBeCloseTo(3 / Math.sqrt(3.25), 12);
    expect(scope.match(query(0, 3)).distance).toBeCloseTo(3 / Math.sqrt(1.75), 12);
  });

  it.each([
    ['n < d', 9, 14],
    ['n > d', 30, 5],
  ])('agrees with the inverse of the whole covariance for %s', (_, rows, dim) => {
    const { positives } = cluster(dim, rows, 0);
    const scope = mahalanobis(given).fit({ positives, negatives: [] });
    const alpha = scope.settings['shrinkage'] as number;
    expect(alpha).toBeGreaterThan(0);
    const x = new Matrix(positives.map(({ lastTokenActivation }) => [...lastTokenActivation])).center(
      'column',
    );
    const s = x.transpose().mmul(x).div(rows);
    const shrunk = Matrix.add(Matrix.mul(s, 1 - alpha), Matrix.eye(dim, dim).mul((alpha * s.trace()) / dim));
    const q = positives[0]!.lastTokenActivation.map((value) => value + 1);
    const offset = Matrix.columnVector([...q]).sub(
      Matrix.columnVector(new Matrix(positives.map((p) => [...p.lastTokenActivation])).mean('column')),
    );
    const expected = Math.sqrt(offset.transpose().mmul(inverse(shrunk)).mmul(offset).get(0, 0));
    expect(scope.match({ lastTokenActivation: q }).distance).toBeCloseTo(expected, 9);
  });

  it('never forms a d×d matrix from few rows', () => {
    // One matrix of this width takes 320 GB, which no machine that runs tests hands out.
    const { positives, negatives } = cluster(200_000, 5, 2);
    const scope = mahalanobis({ threshold: { kind: 'balanced' } }).fit({ positives, negatives });
    expect(scope.toTensors().tensors['axes']!.shape).toEqual([4, 200_000]);
    expect(scope.match(negatives[0]!).distance).toBeGreaterThan(scope.match(positives[0]!).distance);
  });

  it('needs rows that vary, and a shrinkage for two of them', async () => {
    const [a, b] = [at('paraphrase', 0, 0, 0), at('paraphrase', 1, 2, 3)];
    await expectCode(() => mahalanobis(given).fit({ positives: [a, a], negatives: [] }), 'not-enough-data');
    await expectCode(() => mahalanobis(given).fit({ positives: [a, b], negatives: [] }), 'not-enough-data');
    const scope = mahalanobis({ ...given, shrinkage: 0.1 }).fit({ positives: [a, b], negatives: [] });
    expect(Number.isFinite(scope.match(query(1, 0, 0)).distance)).toBe(true);
    for (const shrinkage of [0, -0.1, 1.5])
      await expectCode(() => mahalanobis({ shrinkage }), 'invalid-option');
  });
});

describe('shrunkCovariance', () => {
  it.each([
    [7, 12],
    [25, 4],
  ])(
    'has Ledoit and Wolf’s shrinkage, straight from its definition, for %i rows of width %i',
    (rows, dim) => {
      const { positives } = cluster(dim, rows, 0);
      const x = new Matrix(positives.map(({ lastTokenActivation }) => [...lastTokenActivation])).center(
        'column',
      );
      const s = x.transpose().mmul(x).div(rows);
      const mu = s.trace() / dim;
      const spread = Matrix.sub(s, Matrix.eye(dim, dim).mul(mu)).norm() ** 2;
      let error = 0;
      for (let i = 0; i < rows; i++) {
        const row = x.getRowVector(i);
        error += Matrix.sub(row.transpose().mmul(row), s).norm() ** 2 / rows ** 2;
      }
      const centred = Float64Array.from(x.to1DArray());
      const { shrinkage } = shrunkCovariance(centred, rows, dim, 'ledoit-wolf');
      expect(shrinkage).toBeCloseTo(Math.min(1, error / spread), 10);
    },
  );
});
