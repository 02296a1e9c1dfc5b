import { readdirSync, writeFileSync } from 'node:fs';
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
    // rome's block, and memit's two.
    expect(kept).toHaveLength(3);
  });

  it(
    'finds what stats has collected of a corpus of its own, and tells its rows apart',
    { timeout: 300_000 },
    async () => {
      const cache = temporaryFolder();
      const corpus = join(temporaryFolder(), 'own.txt');
      const words = ['the river runs', 'a town lies', 'people speak of it', 'music was made', 'in the north'];
      writeFileSync(
        corpus,
        Array.from({ length: 400 }, (_, at) => `${words[at % 5]!} ${at} ${words[(at * 3) % 5]!}`).join('\n'),
      );
      vi.stubEnv('SAKEJS_CACHE', cache);
      try {
        const own = ['--corpus', corpus, '--threads', '1', '--json', '-'];
        const stats = await bench('stats', '--layers', '0', '--tokens', '3000', ...own);
        expect(stats.status).toBe(0);
        const before = readdirSync(join(cache, 'key-moments'));
        expect(before).toHaveLength(1);
        const { status, out } = await bench(
          ...['run', '--methods', 'rome,icl', '--split', 'dev', '--limit', '1', '--count', '10'],
          ...['--corpus-tokens', '3000', ...own],
        );
        expect(status).toBe(0);
        const { rows } = JSON.parse(out) as SuiteResult;
        expect(rows.map(({ method }) => method)).toEqual(['rome (corpus own.txt, 3000 tokens)', 'icl']);
        expect(readdirSync(join(cache, 'key-moments'))).toEqual(before);
      } finally {
        vi.unstubAllEnvs();
      }
    },
  );

  it('says of a corpus that is not there where it looked', async () => {
    const { status, err } = await bench(
      'run',
      '--methods',
      'icl',
      '--limit',
      '1',
      '--corpus',
      '/nowhere.txt',
    );
    expect(status).toBe(3);
    expect(err).toMatch(/expected a corpus at \/nowhere\.txt/);
  });
});
