import { describe, expect, it } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import { escapeMarkdown, markdownTable } from './markdown-table.js';
import { publishedTables } from './published.js';

const passing = (count: number): (number | null)[] => Array.from({ length: 40 }, (_, at) => (at < count ? 1 : 0));
const result = madeUpResult({
  methods: {
    none: { accuracy: single(passing(0)), generality: single(passing(2)), specificity: single(passing(40)) },
    'sake|paper': { accuracy: single(passing(38)), generality: single(passing(21)), specificity: single(passing(0).map(() => null)) },
    uniform: { accuracy: single(passing(20)), generality: single([null, ...passing(20).slice(1)]), specificity: single(passing(30)) },
  },
});

describe('markdownTable', () => {
  it('writes ours above published numbers, with intervals, n and its circumstances', () => {
    const published = publishedTables.filter(({ name }) => name === 'counterfact');
    expect(markdownTable({ ...result, comparisons: [
      { a: 'sake|paper', b: 'uniform', metric: 'accuracy', difference: 0.45, interval: [0.3, 0.6], n: 40 },
      { a: 'sake|paper', b: 'uniform', metric: 'generality', difference: 0.03, interval: [0, 0.1], n: 39 },
    ] }, { published })).toMatchInlineSnapshot(); // prettier-ignore
  });

  it('marks the best where lower is better, whichever way the pair is written', () => {
    const columns = [{ name: 'localityKl', higherIsBetter: false, unit: 'nats' as const }];
    const kl = (value: number): number[][] => Array.from({ length: 9 }, (_, at) => [value + at / 1000]);
    const low = madeUpResult({ methods: { a: { localityKl: kl(0.5) }, b: { localityKl: kl(0.0002) } }, columns });
    expect(markdownTable(low)).toContain('localityKl, nats ↓ (n = 9)');
    expect(markdownTable(low)).toMatch(/\| b \| \*\*0\.004\*\* \\\[/);
  });

  it('marks nothing with one method that edits, and does not speak of bold', () => {
    const one = madeUpResult({ methods: { none: { accuracy: single(passing(0)) }, sake: { accuracy: single(passing(40)) } } });
    expect(markdownTable(one)).not.toContain('**');
    expect(markdownTable(one)).not.toContain('Bold');
  });

  it('shows the columns that are asked for and names those there are', () => {
    expect(markdownTable(result, { metrics: ['specificity', 'accuracy'] })).toMatch(/\| method \| specificity.*accuracy[^|]*\|\n/);
    expect(() => markdownTable(result, { metrics: ['speed'] })).toThrow(/accuracy, generality, specificity .*"speed"/);
  });

  it('counts work that failed', () => {
    const error = { case: 'case_id 1', what: 'learning' as const, code: 'io', message: 'x' };
    const failed = { ...result, rows: result.rows.map((row) => ({ ...row, errors: [error] })) };
    expect(markdownTable(failed)).toContain('3 units of work failed: their queries count as failures.');
  });
});

describe('escapeMarkdown', () => {
  it('keeps pipes, emphasis, tags and line ends from meaning anything', () => {
    expect(escapeMarkdown('a|b *c* _d_ <e> `f`\n[g] \\')).toBe('a\\|b \\*c\\* \\_d\\_ \\<e\\> \\`f\\` \\[g\\] \\\\');
  });
});
