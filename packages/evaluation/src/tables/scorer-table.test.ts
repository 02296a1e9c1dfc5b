import { describe, expect, it } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import type { MetricValue, SuiteResult } from '../runner/suite-result.js';
import { latexTable } from './latex-table.js';
import { markdownTable } from './markdown-table.js';
import { scorerTable, scorerText } from './scorer-table.js';
import { tableOfResult } from './table-of-result.js';

const none: MetricValue['scorers'] = { firstToken: null, wholeObject: null, probability: null };
const of = (scorers: MetricValue['scorers']): Pick<MetricValue, 'scorers'> => ({ scorers });
const columns = ['accuracy', 'localityKl'].map((name) => ({ name }));

/** A made-up result whose accuracy has these scorers, by method. */
function scored(scorers: MetricValue['scorers']): SuiteResult {
  const result = madeUpResult({ methods: { a_b: { accuracy: single([1, 0]) } } });
  const rows = result.rows.map((row) => ({
    ...row,
    metrics: { ...row.metrics, accuracy: { ...row.metrics['accuracy']!, scorers } },
  }));
  return { ...result, rows };
}

describe('scorerTable', () => {
  it('has the metrics that ask for objects, row by row', () => {
    const scorers = { firstToken: 1, wholeObject: 0.955, probability: null };
    expect(scorerTable(columns, [{ label: 'sake', values: [of(scorers), of(none)] }])).toEqual({
      columns: ['accuracy'],
      rows: [{ label: 'sake', cells: [scorers] }],
    });
  });

  it('is left out where no metric does', () => {
    expect(scorerTable(columns, [{ label: 'sake', values: [of(none), of(none)] }])).toBeUndefined();
    expect(tableOfResult(scored(none)).scorers).toBeUndefined();
  });
});

describe('scorerText', () => {
  it('puts the three side by side, in per cent', () => {
    expect(scorerText({ firstToken: 1, wholeObject: 0.9825, probability: 0.5 })).toBe('100.0 / 98.3 / 50.0');
    expect(scorerText(none)).toBe('- / - / -');
  });
});

describe('tables with scorers', () => {
  const result = scored({ firstToken: 0.5, wholeObject: 0.25, probability: null });

  it('have them below, in Markdown', () => {
    expect(markdownTable(result)).toMatch(
      /three scorers, .*\n\n\| method \| accuracy \|\n\| --- \| ---: \|\n\| a\\_b \| 50\.0 \/ 25\.0 \/ - \|\n$/,
    );
  });

  it('have them in a float of their own, in LaTeX', () => {
    const text = latexTable(result);
    expect(text.match(/\\begin\{table\}/g)).toHaveLength(2);
    expect(text).toMatch(/\\label\{tab:counterfact-strict-scorers\}/);
    expect(text).toContain('a\\_b & 50.0 / 25.0 / - \\\\');
  });

  it('deal many columns out to several floats, in LaTeX', () => {
    const names = Array.from({ length: 7 }, (_, at) => `m${at}`);
    const value = scored({ firstToken: 1, wholeObject: 1, probability: 1 }).rows[0]!.metrics['accuracy']!;
    const wide: SuiteResult = {
      ...result,
      columns: names.map((name) => ({ name, higherIsBetter: true, unit: 'share' })),
      rows: [{ ...result.rows[0]!, metrics: Object.fromEntries(names.map((name) => [name, value])) }],
    };
    const labels = [...latexTable(wide).matchAll(/\\label\{tab:(.*?)\}/g)].map(([, label]) => label);
    expect(labels).toEqual(
      ['', '-scorers'].flatMap((kind) => [1, 2].map((part) => `counterfact-strict${kind}-${part}`)),
    );
  });
});
