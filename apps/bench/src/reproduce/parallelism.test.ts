import { describe, expect, it } from 'vitest';
import { parallelism } from './parallelism.js';

describe('parallelism', () => {
  it.each([
    ['embedded', {}, 1, { threads: 1, workers: 1 }],
    ['embedded', {}, 2, { threads: 1, workers: 2 }],
    ['embedded', {}, 64, { threads: 1, workers: 8 }],
    ['embedded', { threads: 2 }, 4, { threads: 2, workers: 2 }],
    ['embedded', { threads: 4 }, 2, { threads: 4, workers: 1 }],
    ['embedded', { workers: 3 }, 2, { threads: 1, workers: 3 }],
    ['models/mine', {}, 16, { threads: 2, workers: 1 }],
    ['models/mine', { threads: 8, workers: 2 }, 16, { threads: 8, workers: 2 }],
  ])('of %s, asked for %o on %i cores', (model, asked, cores, expected) => {
    expect(parallelism(model, asked, cores)).toEqual(expected);
  });
});
