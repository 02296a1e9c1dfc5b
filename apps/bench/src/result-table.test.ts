import {
  protocols,
  tableOfResult,
  type MetricValue,
  type SuiteResult,
  type SuiteRow,
} from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { madeUpModel } from '../test/result-file.js';
import { resultTable } from './result-table.js';
import { renderText } from './tables/text-table.js';

const value = (share: number, n: number): MetricValue => ({
  value: share,
  n,
  interval: [share - 0.1, share + 0.1],
  scorers: { firstToken: share, wholeObject: share - 0.05, probability: share },
  fired: { own: share, other: 0.02 },
});
const none: MetricValue = {
  value: null,
  n: 0,
  interval: null,
  scorers: { firstToken: null, wholeObject: null, probability: null },
  fired: { own: null, other: null },
};
const row = (method: string, warnings: readonly string[]): SuiteRow => ({
  method,
  metrics: { accuracy: value(0.5, 4), generality: value(0.25, 8), specificity: none },
  filtered: { 'too odd': 3, 'never so': 0 },
  warnings,
  errors: [],
  seconds: 1.25,
  learned: 4,
  cost: { seconds: 0.5, bytes: 12_000, memory: 3 * 2 ** 20 },
});
const result: SuiteResult = {
  suite: 'counterfact',
  title: 'CounterFact',
  protocol: 'strict',
  protocolSettings: protocols.strict,
  columns: ['accuracy', 'generality', 'specificity'].map((name) => ({
    name,
    higherIsBetter: true,
    unit: 'share',
  })),
  model: 'm',
  edits: 4,
  seed: 7,
  rows: [row('a', ['shared', 'only a']), row('b', ['shared'])],
  comparisons: [{ a: 'a', b: 'b', metric: 'accuracy', difference: 0.25, interval: [0, 0.5], n: 4 }],
  modelInfo: madeUpModel,
  data: { name: 'records', sha256: 'f'.repeat(64), records: 9 },
  prompts: { source: 'template', count: 50 },
};

describe('resultTable', () => {
  const text = resultTable(result);

  it('names what was run', () => {
    expect(text).toMatch(
      /^CounterFact, strict protocol, all edits live: 4 edits, 50 template prompts each, seed 7\n/,
    );
    expect(text).toContain(
      'model m (llama, 2 x 16, sha256 eeeeeeeeeeee), records records (sha256 ffffffffffff)',
    );
  });

  it('shows shares in per cent with interval and n, and says where there is none', () => {
    expect(text).toMatch(
      /\na +50\.0 \[40\.0, 60\.0\] n=4 +25\.0 \[15\.0, 35\.0\] n=8 +n = 0 +4 +0\.50 +12 +3 +1\.[23]\n/,
    );
  });

  it.each(['paper', 'strict'] as const)('shows the scorers side by side in the %s protocol', (protocol) => {
    expect(resultTable({ ...result, protocol })).toContain('50.0 / 45.0 / 50.0 | 2.0');
  });

  it('shows paired differences', () => {
    expect(text).toMatch(/\na - b +25\.0 \[0\.0, 50\.0\]/);
    expect(resultTable({ ...result, comparisons: [] })).not.toContain('paired');
  });

  it('says what was left out', () => {
    expect(text).toContain('left out: 3 (too odd)');
  });

  it('says so by method where they leave out different queries', () => {
    const rows = [result.rows[0]!, { ...result.rows[1]!, filtered: {} }];
    const shown = resultTable({ ...result, rows });
    expect(shown).toContain('left out, a: 3 (too odd)');
    expect(shown).toContain('left out, b: nothing');
  });

  it('writes numbers as the tables of every other form do', () => {
    const half = { ...value(0.98249, 400), value: 0.9825, interval: [0.9525, 0.98749] as const };
    const rows = [{ ...row('a', []), metrics: { accuracy: half, generality: half, specificity: none } }];
    const shownCell = '98.3 [95.3, 98.7]';
    expect(resultTable({ ...result, rows })).toContain(shownCell);
    expect(renderText(tableOfResult({ ...result, rows, comparisons: [] }))).toContain(shownCell);
  });

  it('shows values of other units as they are', () => {
    const columns = [{ name: 'accuracy', higherIsBetter: false, unit: 'nats' as const }];
    expect(resultTable({ ...result, columns })).toMatch(/accuracy nats[^]*0\.500 \[0\.400, 0\.600\] n=4/);
  });

  it('counts units that failed and shows the first', () => {
    const failed = { case: 'case_id 3', what: 'scoring', code: 'io', message: 'no disk' } as const;
    const rows = [{ ...result.rows[0]!, errors: [failed, failed] }, result.rows[1]!];
    expect(resultTable({ ...result, rows })).toContain(
      '2 units of a failed and count as failures; the first, scoring case_id 3: no disk',
    );
  });

  it('tells a warning once, with the methods it concerns', () => {
    expect(text).toContain('warning (every method): shared');
    expect(text).toContain('warning (a): only a');
  });
});
