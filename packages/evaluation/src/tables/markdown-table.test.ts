import { describe, expect, it } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import { escapeMarkdown, markdownTable } from './markdown-table.js';
import { publishedTables } from './published.js';

const passing = (count: number): (number | null)[] =>
  Array.from({ length: 40 }, (_, at) => (at < count ? 1 : 0));
const result = madeUpResult({
  methods: {
    none: { accuracy: single(passing(0)), generality: single(passing(2)), specificity: single(passing(40)) },
    'sake|paper': {
      accuracy: single(passing(38)),
      generality: single(passing(21)),
      specificity: single(passing(0).map(() => null)),
    },
    uniform: {
      accuracy: single(passing(20)),
      generality: single([null, ...passing(20).slice(1)]),
      specificity: single(passing(30)),
    },
  },
});

describe('markdownTable', () => {
  it('writes ours above published numbers, with intervals, n and its circumstances', () => {
    const published = publishedTables.filter(({ name }) => name === 'counterfact');
    expect(markdownTable({ ...result, comparisons: [
      { a: 'sake|paper', b: 'uniform', metric: 'accuracy', difference: 0.45, interval: [0.3, 0.6], n: 40 },
      { a: 'sake|paper', b: 'uniform', metric: 'generality', difference: 0.03, interval: [0, 0.1], n: 39 },
    ] }, { published })).toMatchInlineSnapshot(`
      "CounterFact, strict protocol (all edits live): 40 edits, 50 template prompts each, seed 7. Model m (llama, 2 x 16, sha256 eeeeeeeeeeee), records records (sha256 ffffffffffff). Cells: mean \\[95 % interval\\]. Bold: best of ours, where the paired interval to the next excludes 0. Published numbers are of another model under the publication's own protocol (GPT2-XL, 2000 edits): Scialanga et al. (2025), "SAKE: Steering Activations for Knowledge Editing", arXiv 2503.01751.

      | method | accuracy, % ↑ (n = 40) | generality, % ↑ (n = 39 to 40) | specificity, % ↑ (n = 0 to 40) |
      | --- | ---: | ---: | ---: |
      | none | 0.0 \\[0.0, 8.8\\] | 5.0 \\[0.0, 12.5\\] (n = 40) | 100.0 \\[91.2, 100.0\\] (n = 40) |
      | sake\\|paper | **95.0** \\[87.5, 100.0\\] | 52.5 \\[37.5, 67.5\\] (n = 40) | n = 0 |
      | uniform | 50.0 \\[35.0, 65.0\\] | 48.7 \\[33.3, 64.1\\] (n = 39) | 75.0 \\[62.5, 87.5\\] (n = 40) |
      | ROME (published, GPT2-XL) | 99.6 | 73.7 | 82.7 |
      | MEMIT (published, GPT2-XL) | 60.0 | 36.6 | 67.2 |
      | ActAdd (published, GPT2-XL) | 85.0 | 29.8 | 82.8 |
      | SAKE (published, GPT2-XL) | 97.0 | 84.9 | 84.5 |
      "
    `); // prettier-ignore
  });

  it('marks the best where lower is better, whichever way the pair is written', () => {
    const columns = [{ name: 'localityKl', higherIsBetter: false, unit: 'nats' as const }];
    const kl = (value: number): number[][] => Array.from({ length: 9 }, (_, at) => [value + at / 1000]);
    const low = madeUpResult({
      methods: { a: { localityKl: kl(0.5) }, b: { localityKl: kl(0.0002) } },
      columns,
    });
    expect(markdownTable(low)).toContain('localityKl, nats ↓ (n = 9)');
    expect(markdownTable(low)).toMatch(/\| b \| \*\*0\.004\*\* \\\[/);
  });

  it('marks nothing with one method that edits, and does not speak of bold', () => {
    const one = madeUpResult({
      methods: { none: { accuracy: single(passing(0)) }, sake: { accuracy: single(passing(40)) } },
    });
    expect(markdownTable(one)).not.toContain('**');
    expect(markdownTable(one)).not.toContain('Bold');
  });

  it('shows the columns that are asked for and names those there are', () => {
    expect(markdownTable(result, { metrics: ['specificity', 'accuracy'] })).toMatch(
      /\| method \| specificity.*accuracy[^|]*\|\n/,
    );
    expect(() => markdownTable(result, { metrics: ['speed'] })).toThrow(
      /accuracy, generality, specificity .*"speed"/,
    );
  });

  it('counts work that failed', () => {
    const error = { case: 'case_id 1', what: 'learning' as const, code: 'io', message: 'x' };
    const failed = { ...result, rows: result.rows.map((row) => ({ ...row, errors: [error] })) };
    expect(markdownTable(failed)).toContain('3 units of work failed: their queries count as failures.');
  });
});

describe('escapeMarkdown', () => {
  it('keeps pipes, emphasis, tags and line ends from meaning anything', () => {
    expect(escapeMarkdown('a|b *c* _d_ <e> `f`\n[g] \\')).toBe(
      'a\\|b \\*c\\* \\_d\\_ \\<e\\> \\`f\\` \\[g\\] \\\\',
    );
  });
});
