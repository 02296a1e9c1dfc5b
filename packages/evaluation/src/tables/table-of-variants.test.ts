import { describe, expect, it } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import type { SuiteResult } from '../runner/suite-result.js';
import { renderMarkdown } from './markdown-table.js';
import { publishedTables } from './published.js';
import { tableOfVariants } from './table-of-variants.js';

const run = (passing: number, count: number): SuiteResult =>
  madeUpResult({
    methods: { sake: { accuracy: single(Array.from({ length: 40 }, (_, at) => (at < passing ? 1 : 0))) } },
    change: { prompts: { source: 'template', count } },
  });
const variant = (label: string, result: SuiteResult) => ({ label, result, method: 'sake' });

describe('tableOfVariants', () => {
  const variants = [
    variant('50 prompts', run(38, 50)),
    variant('10 prompts', run(20, 10)),
    variant('5 prompts', run(19, 5)),
  ];

  it('has a row a variant beside published ablations, and says what differs', () => {
    const published = publishedTables.filter(({ name }) => name === 'ablation');
    const text = renderMarkdown(tableOfVariants(variants, { published }));
    expect(text).toContain('Of the first row; others differ in prompts an edit.');
    expect(text).toMatch(/\| 50 prompts \| \*\*95\.0\*\*/);
    expect(text).toContain('| OT map (published, GPT2-XL) | 97.0 |');
  });

  it('marks none where the two best tie, or results hold no queries', () => {
    const best = (rows: typeof variants): boolean =>
      tableOfVariants(rows).rows.some(({ cells }) => cells.some((cell) => cell?.best));
    expect(best(variants)).toBe(true);
    expect(best(variants.slice(1))).toBe(false);
    expect(best(variants.map((row) => { const { queries: _, ...result } = row.result; return { ...row, result }; }))).toBe(false); // prettier-ignore
  });

  it('refuses none, and variants of different tables', () => {
    expect(() => tableOfVariants([])).toThrow(/at least one variant/);
    expect(() => tableOfVariants([variants[0]!, variant('x', { ...run(1, 1), protocol: 'paper' })])).toThrow(
      /one suite and protocol, got counterfact, strict protocol and counterfact, paper protocol/,
    );
  });
});
