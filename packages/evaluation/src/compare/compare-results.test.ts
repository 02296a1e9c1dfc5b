import { describe, expect, it } from 'vitest';
import { madeUpResult, single, type Values } from '../../test/suite-result.js';
import { protocols } from '../protocols/protocol.js';
import type { SuiteResult } from '../runner/suite-result.js';
import { compareResults } from './compare-results.js';
import type { ComparedMetric } from './compare-metric.js';

/** The first N of 20 cases pass. */
const passing = (count: number): Values =>
  single(Array.from({ length: 20 }, (_, at) => (at < count ? 1 : 0)));
const of = (accuracy: Values, change: Partial<SuiteResult> = {}): SuiteResult =>
  madeUpResult({ methods: { sake: { accuracy } }, change });
const only = (a: SuiteResult, b: SuiteResult, options = {}): ComparedMetric =>
  compareResults([a], [b], options).tables[0]!.rows[0]!.metrics[0]!;

describe('compareResults', () => {
  it('gives means, difference, interval and McNemar’s p of single queries', () => {
    const metric = only(of(passing(8)), of(passing(18)));
    expect(metric).toMatchObject({
      metric: 'accuracy',
      n: 20,
      a: 0.4,
      b: 0.9,
      test: 'mcnemar',
      verdict: 'better',
    });
    expect(metric.difference).toBeCloseTo(0.5, 12);
    expect(metric.p).toBeCloseTo(2 / 1024, 12); // 0 of 10 the other way
    expect(metric.interval![0]).toBeGreaterThan(0);
    expect(only(of(passing(8)), of(passing(18)), { midP: true }).p).toBeCloseTo(1 / 1024, 12);
  });

  it('turns round when a and b swap', () => {
    const [there, back] = [only(of(passing(8)), of(passing(18))), only(of(passing(18)), of(passing(8)))];
    expect(back).toMatchObject({ verdict: 'worse', p: there.p, difference: -there.difference! });
  });

  it('shows no difference of a result with itself', () => {
    expect(only(of(passing(8)), of(passing(8)))).toMatchObject({ difference: 0, p: 1, adjustedP: 1, verdict: 'no difference shown' }); // prettier-ignore
  });

  it('calls less better where lower is better', () => {
    const columns = [{ name: 'localityKl', higherIsBetter: false, unit: 'nats' as const }];
    const kl = (size: number): SuiteResult =>
      madeUpResult({
        methods: { sake: { localityKl: Array.from({ length: 12 }, (_, at) => [size + at / 100, size]) } },
        columns,
      });
    expect(only(kl(3), kl(1))).toMatchObject({ test: 'sign-flip', n: 24, unit: 'nats', verdict: 'better' });
    expect(only(kl(1), kl(3)).verdict).toBe('worse');
  });

  it('flips signs by case where a case asks several times', () => {
    const copies = (count: number): Values => Array.from({ length: 4 }, (_, at) => Array<number>(9).fill(at < count ? 1 : 0)); // prettier-ignore
    const metric = only(of(copies(0)), of(copies(4)));
    expect(metric).toMatchObject({ test: 'sign-flip', n: 36, p: 2 / 16, verdict: 'no difference shown' });
  });

  it('corrects p-values over the table and lets them overrule the interval', () => {
    const methods = (count: number): SuiteResult =>
      madeUpResult({
        methods: { m: { accuracy: passing(count), generality: passing(count), specificity: passing(9) } },
      });
    const [accuracy, generality, specificity] = compareResults([methods(10)], [methods(16)]).tables[0]!
      .rows[0]!.metrics;
    expect(accuracy!.p).toBeCloseTo(2 / 64, 12);
    expect(accuracy!.interval![0]).toBeGreaterThan(0);
    expect(accuracy!.adjustedP).toBeCloseTo(4 / 64, 12); // two that differ: the third does not count
    expect(accuracy!.verdict).toBe('no difference shown');
    expect(generality!.adjustedP).toBeCloseTo(4 / 64, 12);
    expect(specificity).toMatchObject({ p: 1, adjustedP: 1 });
  });

  it('counts queries that are left out of one mean only', () => {
    const a = of(single([1, null, 1, null, 0]));
    const b = of(single([1, 1, null, null, 1]));
    expect(only(a, b)).toMatchObject({ n: 2, onlyA: 1, onlyB: 1, a: 0.5, b: 1 });
  });

  it('says n = 0 where nothing counts for both, and has no interval of one case', () => {
    expect(only(of(single([null, 1])), of(single([1, null])))).toMatchObject({ n: 0, a: null, difference: null, p: null, verdict: 'no difference shown' }); // prettier-ignore
    expect(only(of([[0, 0, 1]]), of([[1, 1, 1]]))).toMatchObject({ n: 3, interval: null, p: 1 });
  });

  it('pairs by case and prompt, whatever the order and number of cases', () => {
    const b = of(passing(18));
    const shuffled = { ...b, queries: b.queries!.slice(0, 15).reverse(), edits: 15 };
    const comparison = compareResults([of(passing(8))], [shuffled]);
    expect(comparison.tables[0]!.rows[0]!.metrics[0]).toMatchObject({ n: 15, b: 1 });
    expect(comparison.tables[0]!.notes).toEqual(['queries of one result only, left out: 5 of a, 0 of b']);
    expect(comparison.tables[0]!.differs).toEqual([{ what: 'edits', a: '20', b: '15' }]);
  });

  it('compares rows of one name, or the two that are named', () => {
    const two = madeUpResult({
      methods: { none: { accuracy: passing(0) }, sake: { accuracy: passing(20) } },
    });
    const names = (options = {}): string[] =>
      compareResults([two], [two], options).tables[0]!.rows.map(
        ({ methodA, methodB }) => `${methodA} ${methodB}`,
      );
    expect(names()).toEqual(['none none', 'sake sake']);
    expect(names({ methodA: 'none', methodB: 'sake' })).toEqual(['none sake']);
    expect(names({ methodB: 'sake' })).toEqual(['sake sake']);
    expect(() => names({ methodA: 'rome' })).toThrow(/in a \(none, sake\), got "rome"/);
    expect(() => compareResults([two], [madeUpResult({ methods: { x: { accuracy: passing(1) } } })])).toThrow(
      /a method in both .*none, sake in a and x in b/,
    );
  });

  it('notes what differs in model, seed, prompts and protocol settings', () => {
    const a = of(passing(8));
    const b = of(passing(8), {
      seed: 8,
      modelInfo: { ...a.modelInfo, sha256: 'a'.repeat(64), runtime: { node: '22' } },
      prompts: { source: 'file', count: 50 },
      protocolSettings: { ...protocols.strict, doubtGate: 'open' },
    });
    expect(compareResults([a], [b]).tables[0]!.differs.map(({ what }) => what)).toEqual([
      'model sha256',
      'runtime node',
      'seed',
      'prompt source',
      'protocol doubtGate',
    ]);
  });

  it('leaves out a mean of columns that it cannot tell and columns of one result, and says so', () => {
    const share = { higherIsBetter: true, unit: 'share' as const };
    const a = of(passing(8));
    const mean = { ...a.rows[0]!.metrics['accuracy']! };
    const b = {
      ...a,
      columns: [...a.columns, { name: 'harmonicMean', ...share }],
      rows: a.rows.map((row) => ({ ...row, metrics: { ...row.metrics, harmonicMean: mean } })),
    };
    const { notes, rows } = compareResults([b], [b]).tables[0]!;
    expect(notes).toEqual([
      'harmonicMean: not compared, it is a mean of other columns, and the result does not say of which',
    ]);
    expect(rows[0]!.metrics).toHaveLength(1);
    expect(compareResults([a], [b]).tables[0]!.notes).toEqual(['harmonicMean: a column of b only']);
  });

  it('compares a harmonic mean by a paired bootstrap over its columns', () => {
    const columns = ['accuracy', 'generality'].map((name) => ({
      ...{ name, higherIsBetter: true, unit: 'share' as const },
    }));
    const withMean = (accuracy: Values, generality: Values): SuiteResult => {
      const result = madeUpResult({ methods: { sake: { accuracy, generality } }, columns });
      return {
        ...result,
        columns: [...columns, { ...columns[0]!, name: 'harmonicMean', of: ['accuracy', 'generality'] }],
        rows: result.rows.map((row) => ({
          ...row,
          metrics: { ...row.metrics, harmonicMean: row.metrics['accuracy']! },
        })),
      };
    };
    const [a, b] = [withMean(passing(8), passing(15)), withMean(passing(20), passing(15))];
    const metric = compareResults([a], [b]).tables[0]!.rows[0]!.metrics[2]!;
    expect(metric).toMatchObject({ metric: 'harmonicMean', test: 'bootstrap', n: 40, verdict: 'better' });
    expect(metric.a).toBeCloseTo(2 / (20 / 8 + 20 / 15), 12);
    expect(metric.b).toBeCloseTo(2 / (1 + 20 / 15), 12);
    expect(metric.difference).toBeCloseTo(metric.b! - metric.a!, 12);
    expect(metric.interval![0]).toBeGreaterThan(0);
    expect(metric.p).toBeLessThan(0.01);
    const same = compareResults([a], [a]).tables[0]!.rows[0]!.metrics[2]!;
    expect(same).toMatchObject({ difference: 0, p: 1, verdict: 'no difference shown' });
  });

  it('refuses other records: another file, other answers, other prompts', () => {
    const a = of(passing(8));
    expect(() => only(a, { ...a, data: { ...a.data, sha256: '0'.repeat(64) } })).toThrow(/the same records/);
    const queries = (change: object): SuiteResult => ({
      ...a,
      queries: a.queries!.map((query) => (query.case === 3 ? { ...query, ...change } : query)),
    });
    expect(() => only(a, queries({ wanted: ['else'] }))).toThrow(
      /case 3 with \["object 3"\] and \["else"\] wanted/,
    );
    expect(() => only(a, queries({ prompt: 'else' }))).toThrow(/case 3 without a prompt in both/);
  });

  it('asks for queries, or gives unpaired intervals where that is allowed', () => {
    const { queries: _, ...a } = of(passing(2));
    const b = of(passing(18));
    expect(() => only(a, b)).toThrow(expect.objectContaining({ code: 'not-enough-data', message: expect.stringContaining('rerun with queries') as string })); // prettier-ignore
    const [table] = compareResults([a], [b], { allowUnpaired: true }).tables;
    expect(table).toMatchObject({ paired: false, notes: [expect.stringContaining('unpaired')] });
    expect(table!.rows[0]!.metrics[0]).toMatchObject({ n: 20, p: null, test: null, verdict: 'better' });
    expect(compareResults([b], [b], { allowUnpaired: true }).tables[0]!.paired).toBe(true);
  });

  it('pairs tables by suite and protocol and names those of one side', () => {
    const a = of(passing(8));
    const doubt = of(passing(8), { suite: 'doubt' });
    const comparison = compareResults([doubt, a], [a, of(passing(8), { protocol: 'paper' })]);
    expect(comparison.tables.map(({ suite }) => suite)).toEqual(['counterfact']);
    expect(comparison.unmatched).toEqual(['a: doubt, strict protocol', 'b: counterfact, paper protocol']);
    expect(() => compareResults([a], [doubt])).toThrow(/a suite and protocol in both/);
    expect(() => compareResults([a, a], [a])).toThrow(/two of counterfact, strict protocol in a/);
  });
});
