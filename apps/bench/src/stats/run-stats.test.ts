import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import type { StatsResult } from './run-stats.js';

describe('sake-bench stats', () => {
  it('collects moments of the blocks asked for, and finds them again', { timeout: 60_000 }, async () => {
    const out = temporaryFolder();
    const flags = ['--layers', '0,2', '--tokens', '600', '--out', out, '--threads', '1', '--json', '-'];
    const first = await bench('stats', 'embedded', ...flags);
    expect(first.status).toBe(0);
    const { layers, corpus } = JSON.parse(first.out) as StatsResult;
    expect(layers.map(({ layer, size }) => [layer, size])).toEqual([
      [0, 512],
      [2, 512],
    ]);
    for (const { tokens, meanSquare, file } of layers) {
      expect(tokens).toBeGreaterThanOrEqual(600);
      expect(meanSquare).toBeGreaterThan(0);
      expect(existsSync(file)).toBe(true);
    }
    const again = JSON.parse((await bench('stats', 'embedded', ...flags)).out) as StatsResult;
    expect(again.corpus).toBe(corpus);
    expect(again.layers.map(({ seconds: _, ...rest }) => rest)).toEqual(
      layers.map(({ seconds: _, ...rest }) => rest),
    );
  });

  it('reads a corpus of one text a line, or of JSON', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const texts = ['Paris is the capital of France.', 'The kettle took a while to boil.'];
    writeFileSync(join(folder, 'a.txt'), `${texts.join('\n\n')}\n`);
    writeFileSync(
      join(folder, 'a.jsonl'),
      `${JSON.stringify(texts[0])}\n${JSON.stringify({ text: texts[1] })}\n`,
    );
    const corpora = await Promise.all(
      ['a.txt', 'a.jsonl'].map(async (name) => {
        const { out } = await bench(
          ...['stats', 'embedded', '--layers', '1', '--corpus', join(folder, name)],
          ...['--out', folder, '--threads', '1', '--json', '-'],
        );
        return (JSON.parse(out) as StatsResult).corpus;
      }),
    );
    expect(corpora[0]).toBe(corpora[1]);
  });

  it('names the line that is no text, the file that is not there, the block that is no number', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'b.jsonl'), '"a text"\n{"words": 1}\n');
    const stats = (...flags: string[]): ReturnType<typeof bench> =>
      bench('stats', 'embedded', '--threads', '1', '--out', folder, ...flags);
    const { err } = await stats('--corpus', join(folder, 'b.jsonl'));
    expect(err).toMatch(/line 2 of .*b\.jsonl/);
    expect((await stats('--corpus', join(folder, 'none.txt'))).err).toMatch(/expected a file of texts/);
    expect((await stats('--layers', '1,x')).err).toMatch(/--layers: expected a whole number of at least 0/);
  });
});
