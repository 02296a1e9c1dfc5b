import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';
import type { TuneResult } from './run-tune.js';

const tiny = tinyRun();
const small = (...names: string[]): string[] => [
  ...['tune', '--methods', names.join(','), '--model', tiny.model, '--records', tiny.records],
  ...['--threads', '1', '--limit', '1', '--count', '10', '--budget', '2'],
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
    expect(out).toMatch(/^icl: 2 of 9 settings, 1 edits, strict protocol, seed 0/);
    expect(out).toMatch(/best: wording /);
    expect(out).toMatch(/not tuned: sake-paper \(its paper's settings\)/);
  });

  it('names the methods that it can tune when asked for another', async () => {
    const { status, err } = await bench(...small('luck'));
    expect(status).toBe(2);
    expect(err).toMatch(/expected a method among sake, .*, got luck/);
  });

  it('says why a method of fixed settings is not tuned', async () => {
    const { status, err } = await bench(...small('sake-paper'));
    expect(status).toBe(2);
    expect(err).toMatch(/got sake-paper, which has its paper's settings/);
  });

  it('goes on where a journal ends, method by method', { timeout: 120_000 }, async () => {
    const journal = ['--journal', temporaryFolder(), '--json', '-'];
    const first = await bench(...small('icl'), ...journal);
    const both = await bench(...small('icl', 'imagine'), ...journal);
    expect([first.status, both.status]).toEqual([0, 0]);
    expect(both.err).toMatch(/goes on with [1-9]\d* finished units/);
    // Times included: they are those of the first run.
    expect((JSON.parse(both.out) as TuneResult[])[0]).toEqual((JSON.parse(first.out) as TuneResult[])[0]);
  });
});
