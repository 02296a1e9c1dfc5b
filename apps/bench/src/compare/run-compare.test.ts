import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultComparison } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { madeUpResult, resultFile } from '../../test/result-file.js';

describe('sake-bench compare', () => {
  it('prints each metric with its difference, test and verdict, and what the files do not share', async () => {
    const folder = temporaryFolder();
    const a = resultFile(folder, 'a.json', madeUpResult({ none: 0, sake: 8 }));
    const b = resultFile(folder, 'b.json', [
      madeUpResult({ none: 0, sake: 18 }, { seed: 8 }),
      madeUpResult({ sake: 18 }, { protocol: 'strict' }),
    ]);
    const { status, out } = await bench('compare', a, b);
    expect(status).toBe(0);
    expect(out).toContain(
      `a: ${a}\nb: ${b}\n\nCounterFact, paper protocol: b against a, on the same queries\n`,
    );
    expect(out).toContain('differs: seed: a 7, b 8\n');
    expect(out).toMatch(
      /\nnone +accuracy, % +20 +0\.0 +0\.0 +0\.0 \[.*\] +mcnemar +1\.0000 +1\.0000 +no difference shown\n/,
    );
    expect(out).toMatch(
      /\nsake +accuracy, % +20 +40\.0 +90\.0 +50\.0 \[.*\] +mcnemar +0\.0020 +0\.0020 +better\n/,
    );
    expect(out).toContain('in one file only: b: counterfact, strict protocol');
  });

  it('compares two methods of one file, as JSON too', async () => {
    const folder = temporaryFolder();
    const file = resultFile(folder, 'a.json', madeUpResult({ uniform: 18, sake: 8 }));
    const kept = join(folder, 'comparison.json');
    const flags = ['compare', file, file, '--method-a', 'uniform', '--method-b', 'sake', '--json'];
    const { out } = await bench(...flags, '-');
    const comparison = JSON.parse(out) as ResultComparison;
    expect(comparison.tables[0]!.rows[0]).toMatchObject({ methodA: 'uniform', methodB: 'sake' });
    expect(comparison.tables[0]!.rows[0]!.metrics[0]!.verdict).toBe('worse');
    expect((await bench(...flags, kept)).out).toMatch(/uniform -> sake .* worse/);
    expect(JSON.parse(readFileSync(kept, 'utf8'))).toEqual(comparison);
  });

  it('asks for a rerun where a file has no queries, unless unpaired intervals will do', async () => {
    const folder = temporaryFolder();
    const { queries: _, ...bare } = madeUpResult({ sake: 8 });
    const a = resultFile(folder, 'a.json', bare);
    const b = resultFile(folder, 'b.json', madeUpResult({ sake: 18 }));
    const refused = await bench('compare', a, b);
    expect(refused.status).not.toBe(0);
    expect(refused.err).toContain('rerun with queries');
    expect((await bench('compare', a, b, '--unpaired')).out).toMatch(/b against a, unpaired\nnote: unpaired/);
  });

  it('names the field of a file that is no result', async () => {
    const folder = temporaryFolder();
    const a = resultFile(folder, 'a.json', { ...madeUpResult({ sake: 8 }), seed: 'x' as unknown as number });
    const { status, err } = await bench('compare', a, a);
    expect(status).not.toBe(0);
    expect(err).toMatch(/a\.json: result 0: seed: .*expected number/);
  });
});
