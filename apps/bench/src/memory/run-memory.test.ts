import { describe, expect, it } from 'vitest';
import { bench } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';
import type { MemoryResult } from './run-memory.js';

const tiny = tinyRun();
const small = (...flags: string[]): string[] => [
  ...['memory', '--model', tiny.model, '--records', tiny.records, '--threads', '1', '--json', '-', ...flags],
];

describe('sake-bench memory', () => {
  it('tells the memory of a run whose edits are all live, step by step', { timeout: 60_000 }, async () => {
    const { status, out } = await bench(
      ...small('--edits', '8', '--learned', '2', '--asked', '2', '--count', '10'),
    );
    expect(status).toBe(0);
    const { edits, editBytes, baseline, samples, peak } = JSON.parse(out) as MemoryResult;
    expect(edits).toBe(8);
    expect(editBytes).toBeGreaterThan(1000);
    expect(baseline).toBeGreaterThan(10 * 2 ** 20);
    expect(samples.map(({ when }) => when)).toEqual([
      'first edits learned',
      '2 edits made',
      '4 edits made',
      '6 edits made',
      '8 edits made',
      '8 edits live',
      'the end',
    ]);
    expect(peak).toBe(Math.max(peak, ...samples.map(({ bytes }) => bytes)));
  });

  it('refuses no edits', async () => {
    const { status, out } = await bench(...small('--edits', '0'));
    expect(status).toBe(2);
    expect(out).toMatch(/--edits: expected a whole number of at least 1/);
  });
});
