import type { LabelledQuery } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { nearestRequest } from './nearest-request.js';

const query = (...values: number[]): LabelledQuery => ({
  lastTokenActivation: Float32Array.from(values),
  kind: 'paraphrase',
});

describe('nearestRequest', () => {
  it('gives e / (1 + e) of the Euclidean distance to the first positive alone', () => {
    const scope = nearestRequest().fit({ positives: [query(1, 1), query(50, 50)], negatives: [] });
    expect(scope.match(query(1, 1)).distance).toBe(0);
    expect(scope.match(query(4, 5)).distance).toBe(5 / 6);
  });

  it('never closes, however far a query is, and keeps the order of distances', () => {
    const scope = nearestRequest().fit({ positives: [query(0, 0)], negatives: [query(1, 0)] });
    const distances = [1, 10, 1e3, 1e6, 1e30].map((far) => scope.match(query(far, 0)).distance);
    expect(distances.every((distance) => distance <= scope.threshold)).toBe(true);
    expect(distances.slice(0, 4)).toEqual([...new Set(distances.slice(0, 4))].sort((a, b) => a - b));
  });
});
