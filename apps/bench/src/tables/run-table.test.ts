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
    expect(out).toMatch(/\nmethod +accuracy, % ↑ \(n = 20\)\n/);
    expect(out).toMatch(/\nsake +90\.0 \[69\.9, 97\.2\]\n/);
    expect(out).toMatch(/\nSAKE \(published, GPT2-XL\) +97\.0\n/);
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

  it('names formats and columns that it has', async () => {
    expect((await bench('table', file(), '--format', 'html')).err).toMatch(
      /--format: expected markdown, latex, text/,
    );
    expect((await bench('table', file(), '--metrics', 'speed')).err).toMatch(
      /metrics among accuracy .*"speed"/,
    );
  });
});
