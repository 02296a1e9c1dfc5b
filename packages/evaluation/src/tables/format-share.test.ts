import { describe, expect, it } from 'vitest';
import { formatShare } from './format-share.js';

describe('formatShare', () => {
  it.each([
    [0, '0.0'],
    [1, '100.0'],
    [0.9, '90.0'],
    [0.9825, '98.3'],
    [0.9525, '95.3'],
    [0.8485, '84.9'],
    [0.9955, '99.6'],
    [0.98249, '98.2'],
  ])('writes %d as %s, halves up', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it('writes a difference as its opposite but for the sign, and no negative zero', () => {
    for (const share of [0.0025, 0.0125, 0.0625, 0.4485])
      expect(formatShare(-share)).toBe(`-${formatShare(share)}`);
    expect([-0, -0.0004].map(formatShare)).toEqual(['0.0', '0.0']);
  });
});
