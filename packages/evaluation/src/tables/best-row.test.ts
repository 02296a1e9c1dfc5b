import { describe, expect, it } from 'vitest';
import { bestRow } from './best-row.js';

describe('bestRow', () => {
  it('gives the best where its interval to the next best excludes 0', () => {
    const asked: string[] = [];
    const between = (i: number, j: number): [number, number] => {
      asked.push(`${i} ${j}`);
      return [0.1, 0.2];
    };
    expect(bestRow([0.2, null, 0.9, 0.5], true, between)).toBe(2);
    expect(asked).toEqual(['2 3']);
  });

  it('gives the lowest where lower is better', () => {
    expect(bestRow([0.2, 0.9], false, () => [-0.8, -0.6])).toBe(0);
  });

  it.each([
    ['the interval holds 0', [0.2, 0.9], (): [number, number] => [-0.1, 0.9]],
    ['the interval touches 0', [0.2, 0.9], (): [number, number] => [0, 0.9]],
    ['the two were not compared', [0.2, 0.9], (): undefined => undefined],
    ['there is no next', [0.2, null], (): [number, number] => [0.1, 0.2]],
    ['there is none', [], (): undefined => undefined],
  ] as const)('gives none where %s', (_, values, between) => {
    expect(bestRow(values, true, between)).toBeUndefined();
  });
});
