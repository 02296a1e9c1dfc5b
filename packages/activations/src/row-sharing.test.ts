import { describe, expect, it } from 'vitest';
import { countingDecoder, type Sight } from '../test/counting-decoder.js';
import type { Decoder } from './decoder.js';
import { probeRowSharing } from './row-sharing.js';

describe('probeRowSharing', () => {
  it.each<[string, Sight]>([
    ['any', {}],
    ['any', { cached: false }],
    // Without a cache rows are padded behind their tokens, where positions do not change.
    ['any', { cached: false, countsPadding: true }],
    ['equal-lengths', { countsPadding: true }],
    ['none', { scales: true }],
    ['none', { fixed: true }],
  ])('finds %s for %j', async (expected, sight) => {
    expect(await probeRowSharing(countingDecoder(sight), 2)).toBe(expected);
  });

  it('passes on what is no refusal of a shape', async () => {
    const broken: Decoder = {
      ...countingDecoder({}),
      forward: () => Promise.reject(new TypeError('out of reach')),
    };
    await expect(probeRowSharing(broken, 2)).rejects.toThrow(/out of reach/);
  });
});
