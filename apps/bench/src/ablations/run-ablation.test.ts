import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';
import type { AblationResult } from './run-ablation.js';

const tiny = tinyRun();
const small = (...names: string[]): string[] => [
  ...['ablate', ...names, '--model', tiny.model, '--records', tiny.records, '--threads', '1'],
  ...['--limit', '1', '--count', '10', '--protocol', 'paper', '--json', '-'],
];
const variantsOf = (out: string): Record<string, string[]> =>
  Object.fromEntries(
    (JSON.parse(out) as AblationResult[]).map(({ name, results }) => [
      name,
      results[0]!.rows.map(({ method }) => method),
    ]),
  );

describe('sake-bench ablate', () => {
  it('runs variants that differ in one thing', { timeout: 120_000 }, async () => {
    const { status, out } = await bench(...small('covariance', 'forced', 'targets', 'centre'));
    expect(status).toBe(0);
    expect(variantsOf(out)).toEqual({
      covariance: ['none', 'empirical', 'ledoit-wolf', 'oas'],
      forced: ['none', 'with', 'without'],
      targets: ['none', 'obeying', 'all'],
      centre: ['none', 'plain', 'all'],
    });
  });

  it('takes nested subsets of one distribution for the number of prompts', { timeout: 120_000 }, async () => {
    const { status, out } = await bench(...small('count'), '--sizes', '5,10');
    expect(status).toBe(0);
    expect(variantsOf(out)).toEqual({ count: ['none', '5', '10'] });
  });

  it('compares sources on the records that each has prompts for', { timeout: 120_000 }, async () => {
    const prompts = Array.from({ length: 12 }, (_, at) => `In the year ${1900 + at}, {} was ruled from`);
    const file = join(temporaryFolder(), 'prompts.json');
    writeFileSync(file, JSON.stringify({ records: [{ subject: 'Japan', prompts }] }));
    const { status, out } = await bench(...small('source'), '--sources', `template,${file}`);
    expect(status).toBe(0);
    expect(variantsOf(out)).toEqual({ source: ['none', 'template', file] });
    const [{ results }] = JSON.parse(out) as [AblationResult];
    // The file is for the second record alone; the limit of one counts records that are left.
    expect(results[0]).toMatchObject({
      edits: 1,
      data: { name: `${tiny.records}, prompted by template and ${file}` },
    });
    const asked = results[0]!.rows[2]!.warnings.join();
    expect(asked).toContain('record 0 (case_id 5) was not learned');
    expect(asked).not.toContain('expected prompts for');
  });

  it('refuses to compare a source with nothing, before it opens a model', async () => {
    const { status, out } = await bench(...small('source'), '--model', './nowhere');
    expect(status).toBe(2);
    expect(out).toMatch(/expected two --sources to compare for source.*got template/);
  });

  it('sweeps the threshold of each method that has edits', { timeout: 120_000 }, async () => {
    const argv = small('threshold');
    const { status, out } = await bench(...argv);
    expect(status).toBe(0);
    const [{ tradeoffs, results }] = JSON.parse(out) as [AblationResult];
    expect(results[0]!.rows.map(({ method }) => method)).toEqual(['none', 'sake', 'sake-paper']);
    // The made-up model obeys no context, so that `sake` has nothing to sweep.
    expect(tradeoffs!.map(({ method }) => method)).toEqual(['sake-paper']);
    for (const { points, auc, method } of tradeoffs!) {
      expect(auc).toBeGreaterThanOrEqual(0);
      expect(auc).toBeLessThanOrEqual(1);
      const rates = points.map(({ truePositiveRate }) => truePositiveRate);
      expect(rates).toEqual([...rates].sort((a, b) => a - b));
      // At the method's own threshold the curve shows the table's value.
      const own = points.findLast(({ threshold }) => threshold <= 1)!;
      const row = results[0]!.rows.find((other) => other.method === method)!;
      expect(own.accuracy).toBeCloseTo(row.metrics['accuracy']!.value!, 12);
    }
    const text = await bench(...argv.slice(0, -2));
    expect(text.out).toMatch(
      /sake-paper, counterfact, paper protocol: a factor on its threshold; area under the ROC curve [01]\./,
    );
  });

  it('names the ablations that it knows when asked for another', async () => {
    const { status, out } = await bench(...small('luck'));
    expect(status).toBe(2);
    expect(out).toMatch(/expected names among mapper, ridge, .* got luck/);
  });
});
