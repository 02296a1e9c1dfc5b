import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { madeUpResult, resultFile } from '../../test/result-file.js';

const file = (): string =>
  resultFile(temporaryFolder(), 'r.json', [
    madeUpResult({ none: 0, sake: 18 }),
    madeUpResult({ none: 0, sake: 17 }, { protocol: 'strict' }),
  ]);

describe('sake-bench table', () => {
  it('prints every result of a file as text, beside published numbers', async () => {
    const { status, out } = await bench('table', file());
    expect(status).toBe(0);
    expect(out).toMatch(/^CounterFact, paper protocol \(each edit alone\): 20 edits/);
    expect(out).toMatch(/\nmethod +accuracy, % ↑ \(n = 20\) +s\/edit +kB\/edit +peak MiB\n/);
    expect(out).toMatch(/\nsake +90\.0 \[69\.9, 97\.2\] +0\.10 +0 +1\n/);
    expect(out).toMatch(/\nSAKE \(published, GPT2-XL\) +97\.0 +- +- +-\n/);
    expect(out).toContain('CounterFact, strict protocol');
  });

  it('prints Markdown and LaTeX', async () => {
    expect((await bench('table', file(), '--format', 'markdown')).out).toContain(
      '| sake | 90.0 \\[69.9, 97.2\\] |',
    );
    expect((await bench('table', file(), '--format', 'latex')).out).toContain(
      'sake & 90.0 {\\footnotesize [69.9, 97.2]} \\\\',
    );
  });

  it('leaves published numbers out when told to', async () => {
    expect((await bench('table', file(), '--no-published')).out).not.toContain('ublished');
  });

  it('writes the tables of a reproduction as reproduce does, and refuses another file', async () => {
    const out = temporaryFolder();
    const results = [madeUpResult({ none: 0, sake: 18 })];
    const ablations = [{ name: 'mapper', title: 'Map', axis: 'category', results }];
    const written = join(out, 'results.json');
    writeFileSync(written, JSON.stringify({ results, ablations, seconds: 1 }));
    const { status, out: said } = await bench('table', written, '--out', out);
    expect([status, said]).toEqual([0, `3 tables in ${out}\n`]);
    const names = ['ablation-mapper-paper', 'counterfact-llama-paper', 'counterfact-paper'];
    expect(readdirSync(out).sort()).toEqual([
      ...names.map((name) => `${name}.tex`),
      'results.json',
      'tables.md',
    ]);
    expect(readFileSync(join(out, 'tables.md'), 'utf8')).toMatch(
      /^# Results\n\n## CounterFact, beside GPT2-XL[^]*## Ablation: Map[^]*OT map \(published/,
    );
    const other = await bench('table', file(), '--out', out);
    expect([other.status, other.err]).toEqual([3, expect.stringMatching(/results\.json of reproduce/)]);
  });

  it('names formats and columns that it has', async () => {
    expect((await bench('table', file(), '--format', 'html')).err).toMatch(
      /--format: expected markdown, latex, text/,
    );
    expect((await bench('table', file(), '--metrics', 'speed')).err).toMatch(
      /metrics among accuracy .*"speed"/,
    );
  });
});
