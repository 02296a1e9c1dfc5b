import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { measurePeakMemory } from './peak-memory.js';

const MIB = 2 ** 20;

describe('measurePeakMemory', () => {
  it('sees memory that is taken meanwhile, and gives back what the work gave', async () => {
    const { value, bytes } = await measurePeakMemory(async () => {
      const taken = Buffer.alloc(200 * MIB, 1);
      await setTimeout(20);
      return taken.length;
    });
    expect(value).toBe(200 * MIB);
    expect(bytes).toBeGreaterThan(150 * MIB);
    expect(bytes).toBeLessThan(400 * MIB);
  });

  it('sees next to nothing where nothing is taken, whatever was before', async () => {
    const { bytes } = await measurePeakMemory(() => setTimeout(20));
    expect(bytes).toBeLessThan(50 * MIB);
  });

  it('throws what the work throws', async () => {
    await expect(measurePeakMemory(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
