import type { QueryOutcome, QueryRecord } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { tradeoffCurve } from './tradeoff-curve.js';

function query(
  metric: string,
  distance: number,
  closed: number,
  open: number,
  over: Partial<QueryOutcome> = {},
): QueryRecord {
  const fired = distance <= 1 ? 'own' : 'none';
  const base = { firstToken: null, wholeObject: null, probability: null, answer: 'x', before: 'Paris' };
  return {
    case: 0,
    metric,
    prompt: 'p',
    wanted: ['Rome'],
    outcomes: {
      none: { ...base, value: closed, fired: 'none' },
      sake: {
        ...base,
        value: fired === 'own' ? open : closed,
        fired,
        distance,
        open: { value: open },
        ...over,
      },
    },
  };
}

const queries = [
  query('accuracy', 0.2, 0, 1),
  query('generality', 0.5, 0, 1),
  query('generality', 1.5, 0, 1),
  query('specificity', 0.5, 1, 0),
  query('specificity', 2, 1, 0),
];

describe('tradeoffCurve', () => {
  it('gives the exact means at every distance', () => {
    expect(tradeoffCurve(queries, 'sake').points).toEqual([
      { threshold: 0, accuracy: 0, generality: 0, specificity: 1, truePositiveRate: 0, falsePositiveRate: 0 },
      {
        threshold: 0.2,
        accuracy: 1,
        generality: 0,
        specificity: 1,
        truePositiveRate: 1 / 3,
        falsePositiveRate: 0,
      },
      {
        threshold: 0.5,
        accuracy: 1,
        generality: 0.5,
        specificity: 0.5,
        truePositiveRate: 2 / 3,
        falsePositiveRate: 0.5,
      },
      {
        threshold: 1.5,
        accuracy: 1,
        generality: 1,
        specificity: 0.5,
        truePositiveRate: 1,
        falsePositiveRate: 0.5,
      },
      { threshold: 2, accuracy: 1, generality: 1, specificity: 0, truePositiveRate: 1, falsePositiveRate: 1 },
    ]);
  });

  it('gives the area as the share of ordered pairs, ties counting half', () => {
    // Positives .2 .5 1.5 against negatives .5 2: ordered 1 + 1, tied .5 + 1, behind 0 + 1, of 6.
    expect(tradeoffCurve(queries, 'sake').auc).toBeCloseTo(4.5 / 6, 12);
  });

  it('agrees with the run at a threshold of 1', () => {
    const { points } = tradeoffCurve(queries, 'sake');
    const own = points.findLast(({ threshold }) => threshold <= 1)!;
    const mean = (metric: string): number => {
      const values = queries.filter((q) => q.metric === metric).map((q) => q.outcomes['sake']!.value!);
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    expect([own.accuracy, own.generality, own.specificity]).toEqual(
      ['accuracy', 'generality', 'specificity'].map(mean),
    );
  });

  it('keeps queries that no edit can answer closed at every threshold, and ties them beyond the end', () => {
    const failed = query('accuracy', 0.1, 0, 1, { value: 0, fired: 'none', error: 'no edit' });
    const { points, auc } = tradeoffCurve([failed, query('specificity', 0.3, 1, 0)], 'sake');
    expect(points.at(-1)).toMatchObject({
      accuracy: 0,
      generality: null,
      truePositiveRate: 0,
      falsePositiveRate: 1,
    });
    expect(auc).toBe(0);
  });

  it('leaves out what the mean leaves out', () => {
    const out = query('specificity', 0.1, 1, 0, { value: null, leftOut: 'filter' });
    expect(tradeoffCurve([...queries, out], 'sake')).toEqual(tradeoffCurve(queries, 'sake'));
  });

  it('thins to the points asked for, with the ends and the own threshold', () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      query(i % 2 ? 'accuracy' : 'specificity', i / 250, i % 2 ? 0 : 1, i % 2 ? 1 : 0),
    );
    const thresholds = tradeoffCurve(many, 'sake', { points: 20 }).points.map(({ threshold }) => threshold);
    expect(thresholds.length).toBeLessThanOrEqual(20);
    expect(thresholds).toEqual([...thresholds].sort((a, b) => a - b));
    expect(thresholds).toContain(1);
    expect([thresholds[0], thresholds.at(-1)]).toEqual([0, 499 / 250]);
  });

  it('refuses queries without open values, or of one kind only', () => {
    const { open: _, ...closed } = queries[0]!.outcomes['sake']!;
    const without = { ...queries[0]!, outcomes: { sake: closed } };
    expect(() => tradeoffCurve([without], 'sake')).toThrow(
      /open value at every query of sake, got none at case 0/,
    );
    expect(() => tradeoffCurve([queries[0]!], 'sake')).toThrow(/got 1 and 0 of sake/);
    expect(() => tradeoffCurve(queries, 'sake', { points: 2 })).toThrow(/at least 3 points, got 2/);
  });
});
