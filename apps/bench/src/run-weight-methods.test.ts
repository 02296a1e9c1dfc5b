import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SuiteResult } from '@sakejs/evaluation';
import { describe, expect, it, vi } from 'vitest';
import { bench, temporaryFolder } from '../test/bench.js';

describe('sake-bench run with methods that change weights', () => {
  it('scores them alone and all together, and keeps their statistics', { timeout: 300_000 }, async () => {
    const cache = temporaryFolder();
    vi.stubEnv('SAKEJS_CACHE', cache);
    const { status, out } = await bench(
      ...['run', '--methods', 'rome,memit', '--suite', 'counterfact', '--split', 'dev', '--limit', '2'],
      ...['--protocol', 'paper,strict', '--count', '10', '--threads', '1', '--json', '-'],
    ).finally(() => vi.unstubAllEnvs());
    expect(status).toBe(0);
    for (const { rows } of JSON.parse(out) as SuiteResult[])
      for (const { method, metrics, errors } of rows) {
        expect([method, metrics['accuracy']!.value]).toEqual([method, 1]);
        expect(metrics['specificity']!.value).toBeGreaterThan(0.8);
        expect(errors).toEqual([]);
      }
    const kept = readdirSync(join(cache, 'key-moments'));
    expect(kept).toHaveLength(2);
  });
});
