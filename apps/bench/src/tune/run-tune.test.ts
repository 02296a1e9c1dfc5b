import { describe, expect, it } from 'vitest';
import { bench } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';
import type { TuneResult } from './run-tune.js';

const tiny = tinyRun();
const small = (...names: string[]): string[] => [
  ...['tune', ...names, '--model', tiny.model, '--records', tiny.records, '--threads', '1'],
  ...['--limit', '1', '--count', '10', '--budget', '2'],
];

describe('sake-bench tune', () => {
  it('gives each method the same budget and ranks what it tried', { timeout: 120_000 }, async () => {
    const { status, out } = await bench(...small('icl', 'ft'), '--json', '-');
    expect(status).toBe(0);
    const done = JSON.parse(out) as TuneResult[];
    expect(done.map(({ method, tried }) => [method, tried])).toEqual([
      ['icl', 2],
      ['ft', 2],
    ]);
    for (const { ranking, best, result, grid } of done) {
      expect(grid).toBeGreaterThan(2);
      expect(ranking).toHaveLength(3);
      expect(ranking.map(({ label }) => label)).toContain('as it is');
      const scores = ranking.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(best).toEqual(ranking.find(({ setting }) => setting !== undefined));
      for (const { label, score } of ranking)
        expect(score).toBe(
          result.rows.find(({ method }) => method === label)!.metrics['harmonicMean']!.value,
        );
    }
  });

  it('prints the ranking and names the best setting', { timeout: 120_000 }, async () => {
    const { status, out } = await bench(...small('icl'));
    expect(status).toBe(0);
    expect(out).toMatch(/^icl: 2 of 5 settings, 1 edits, paper protocol, seed 0/);
    expect(out).toMatch(/best: wording /);
  });

  it('names the methods that it can tune when asked for another', async () => {
    const { status, err } = await bench(...small('luck'));
    expect(status).toBe(2);
    expect(err).toMatch(/expected methods among sake, .*, got luck/);
  });
});
