import type { Query } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { featureNeeds, pooledFeatures } from './pooled-features.js';

const query: Query = {
  lastTokenActivation: Float32Array.of(9, 9),
  layers: new Map([[1, { rows: 3, cols: 2, data: Float32Array.of(5, 0, 1, -4, 3, 1) }]]),
  embedding: Float32Array.of(2, 0, 0, 0),
};

describe('pooledFeatures', () => {
  it('takes the last, the mean and the largest values of the states, each to a root mean square of 1', () => {
    const features = pooledFeatures(
      'test',
      [
        { pool: 'last', layer: 1 },
        { pool: 'mean', layer: 1 },
        { pool: 'max', layer: 1 },
        { pool: 'embedding' },
      ],
      query,
    );
    const unit = (values: readonly number[]): number[] => {
      const scale = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
      return values.map((value) => value / scale);
    };
    const expected = [unit([3, 1]), unit([3, -1]), unit([5, 1]), [2, 0, 0, 0]].flat();
    expect([...features].map((value) => value.toFixed(12))).toEqual(
      expected.map((value) => value.toFixed(12)),
    );
  });

  it('says which layers and embeddings it needs', () => {
    expect(
      featureNeeds([
        { pool: 'last', layer: 4 },
        { pool: 'mean', layer: 1 },
        { pool: 'max', layer: 4 },
      ]),
    ).toEqual({ layers: [1, 4], embedding: false });
    expect(featureNeeds([{ pool: 'embedding' }])).toEqual({ layers: [], embedding: true });
  });

  it('refuses a query without direction, layer or embedding', async () => {
    const zeros: Query = {
      ...query,
      layers: new Map([[1, { rows: 1, cols: 2, data: Float32Array.of(0, 0) }]]),
    };
    await expectCode(
      async () => pooledFeatures('test', [{ pool: 'mean', layer: 1 }], zeros),
      'invalid-input',
    );
    await expectCode(
      async () => pooledFeatures('test', [{ pool: 'mean', layer: 2 }], query),
      'invalid-input',
    );
    const bare: Query = { lastTokenActivation: query.lastTokenActivation };
    await expectCode(async () => pooledFeatures('test', [{ pool: 'embedding' }], bare), 'invalid-input');
  });
});
