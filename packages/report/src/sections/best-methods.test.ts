import type { MetricColumn, SuiteResult } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { bestMethods } from './best-methods.js';

const column: MetricColumn = { name: 'm', higherIsBetter: true, unit: 'share' };

function table(
  values: Readonly<Record<string, number | null>>,
  pairs: [string, string, number, number][] = [],
): SuiteResult {
  return {
    rows: Object.entries(values).map(([method, value]) => ({ method, metrics: { m: { value } } })),
    comparisons: pairs.map(([a, b, low, high]) => ({ a, b, metric: 'm', interval: [low, high] })),
  } as unknown as SuiteResult;
}

describe('bestMethods', () => {
  it('leaves the unedited model out', () => {
    expect([...bestMethods(table({ none: 1, a: 0.9, b: 0.8 }), column)]).toEqual([['a', 'best']]);
  });

  it('takes the least where less is better', () => {
    const less = { ...column, higherIsBetter: false };
    expect([...bestMethods(table({ a: 0.9, b: 0.8, c: null }), less)]).toEqual([['b', 'best']]);
  });

  it('ties what the paired interval does not tell from the best', () => {
    const pairs: [string, string, number, number][] = [
      ['a', 'b', -0.01, 0.05],
      ['c', 'a', -0.3, -0.1],
    ];
    expect([...bestMethods(table({ none: 1, a: 0.9, b: 0.88, c: 0.7 }, pairs), column)]).toEqual([
      ['a', 'best'],
      ['b', 'tied'],
    ]);
  });

  it('marks nothing where all are equal or one is alone', () => {
    expect(bestMethods(table({ a: 0.9, b: 0.9 }), column).size).toBe(0);
    expect(bestMethods(table({ none: 1, a: 0.9 }), column).size).toBe(0);
  });
});
