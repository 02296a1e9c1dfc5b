import { describe, expect, it } from 'vitest';
import { defaultWindow, restoredLayers } from './restored-layers.js';

describe('restoredLayers', () => {
  it('is a window around the block, cut off at the ends; one block of the stream', () => {
    expect(restoredLayers('mlp', 20, 10, 48)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(restoredLayers('attention', 1, 3, 48)).toEqual([0, 1, 2]);
    expect(restoredLayers('mlp', 0, 10, 48)).toEqual([0, 1, 2, 3, 4]);
    expect(restoredLayers('mlp', 47, 10, 48)).toEqual([42, 43, 44, 45, 46, 47]);
    expect(restoredLayers('mlp', 2, 1, 6)).toEqual([2]);
    expect(restoredLayers('stream', 20, 10, 48)).toEqual([20]);
  });
});

describe('defaultWindow', () => {
  it('is 10 of 48 blocks, and at least one', () => {
    expect([48, 28, 6, 2].map(defaultWindow)).toEqual([10, 6, 1, 1]);
  });
});
