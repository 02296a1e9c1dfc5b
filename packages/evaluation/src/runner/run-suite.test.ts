import type { EditMethod, SakeError } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createScriptedLM, type Script, type ScriptedLM } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource, type Firing } from '../../test/scripted-method.js';
import { capitalRecord, dataset, datasetOf, script } from '../../test/world.js';
import { wilsonInterval } from '../statistics/intervals.js';
import type { CounterFactDataset } from '../datasets/counterfact.js';
import { createProtocol, protocols as known, type ProtocolName } from '../protocols/protocol.js';
import { counterFactSuite } from '../suites/counterfact-suite.js';
import type { MethodEntry } from './method-entry.js';
import type { RunSuiteOptions } from './run-options.js';
import { runSuite } from './run-suite.js';
import type { MetricValue, SuiteResult, SuiteRow } from './suite-result.js';

/** France's edit fires on its request, one paraphrase and one neighbour; Japan's on its request and paraphrase. */
const firing: Firing = {
  France: {
    'The capital of France is': 0,
    'Anyhow, France is ruled from': 0.5,
    'The capital of Gaul is': 0.5,
  },
  Japan: { 'The capital of Japan is': 0, 'So, Japan is ruled from': 0 },
};

interface Changes extends Partial<Omit<RunSuiteOptions, 'protocols' | 'suite'>> {
  readonly protocols?: readonly ProtocolName[];
  readonly dataset?: CounterFactDataset;
}

function setup(
  { protocols = ['paper'], dataset: records = dataset, ...changes }: Changes = {},
  words: Script = script,
): RunSuiteOptions & { lm: ScriptedLM } {
  const lm = createScriptedLM(words);
  const methods: MethodEntry[] = [
    { name: 'none' },
    { name: 'scripted', method: createScriptedMethod(lm, firing) },
  ];
  return {
    suite: counterFactSuite(records),
    methods,
    prompts: createScriptedSource(),
    ...changes,
    protocols: protocols.map((name) => known[name]),
    lm,
  };
}

const rowOf = ({ rows }: SuiteResult, method = 'scripted'): SuiteRow =>
  rows.find((row) => row.method === method)!;

/** `[successes / n, n]` of every metric. */
const valuesOf = ({ metrics }: SuiteRow): Record<string, readonly [number | null, number]> =>
  Object.fromEntries(
    Object.entries(metrics)
      .filter(([name]) => name !== 'harmonicMean')
      .map(([name, { value, n }]: [string, MetricValue]) => [name, [value, n]]),
  );

const withoutTimes = (results: readonly SuiteResult[]): unknown =>
  JSON.parse(
    JSON.stringify(results, (key, value: unknown) => (['seconds', 'memory'].includes(key) ? 0 : value)),
  );

describe('runSuite', () => {
  it('averages over prompts, not over records, in the paper protocol', async () => {
    const [result] = await runSuite(setup());
    expect(valuesOf(rowOf(result!))).toEqual({
      accuracy: [1, 2],
      // 1 of France's 2 paraphrases and Japan's only one.
      generality: [2 / 3, 3],
      // Gaul is turned; Nowhere (a tie) and Honshu are left alone; Latium is not kept.
      specificity: [2 / 3, 3],
    });
  });

  it('fails a tie of both objects in the strict protocol, where a closed gate is no excuse', async () => {
    const [result] = await runSuite(setup({ protocols: ['strict'] }));
    expect(valuesOf(rowOf(result!))).toEqual({
      accuracy: [1, 2],
      generality: [2 / 3, 3],
      specificity: [1 / 3, 3],
    });
  });

  it('scores the unedited model on the same queries', async () => {
    const [paper, strict] = await runSuite(setup({ protocols: ['paper', 'strict'] }));
    expect(valuesOf(rowOf(paper!, 'none'))).toEqual({
      accuracy: [0, 2],
      generality: [0, 3],
      specificity: [1, 3],
    });
    expect(valuesOf(rowOf(strict!, 'none'))).toEqual({
      accuracy: [0, 2],
      generality: [0, 3],
      specificity: [2 / 3, 3],
    });
  });

  it('leaves out and counts neighbours of which the unedited model prefers the new object', async () => {
    const [result] = await runSuite(setup());
    for (const { filtered } of result!.rows)
      expect(filtered).toEqual({ 'specificity: the unedited model prefers the new object': 1 });
  });

  it('gives Wilson intervals where each record asks once', async () => {
    const [result] = await runSuite(setup());
    expect(rowOf(result!).metrics['accuracy']!.interval).toEqual(wilsonInterval(2, 2));
    const [low, high] = rowOf(result!).metrics['generality']!.interval!;
    expect(low).toBeLessThan(2 / 3);
    expect(high).toBeGreaterThan(2 / 3);
  });

  it('scores each edit alone in the paper protocol and all at once in the strict one', async () => {
    const lm = createScriptedLM(script);
    const intruding: Firing = {
      France: { ...firing['France'], 'The capital of Japan is': 0.2 },
      Japan: { 'The capital of Japan is': 0.6 },
    };
    const [paper, strict] = await runSuite({
      ...setup({
        methods: [{ name: 'scripted', method: createScriptedMethod(lm, intruding) }],
        protocols: ['paper', 'strict'],
      }),
      lm,
    });
    expect(rowOf(paper!).metrics['accuracy']!).toMatchObject({ value: 1, fired: { own: 1, other: 0 } });
    // France's edit is nearer to Japan's request than Japan's own.
    expect(rowOf(strict!).metrics['accuracy']!).toMatchObject({
      value: 0.5,
      fired: { own: 0.5, other: 0.5 },
    });
  });

  it('has as many edits live at once as the protocol says, in the order of the cases', async () => {
    const lm = createScriptedLM(script);
    const intruding: Firing = {
      France: { ...firing['France'], 'The capital of Japan is': 0.2 },
      Japan: { 'The capital of Japan is': 0.6 },
    };
    const { suite, ...options } = setup({
      methods: [{ name: 'scripted', method: createScriptedMethod(lm, intruding) }],
    });
    const accuracyWith = async (liveAtOnce: number, cases = suite.cases): Promise<MetricValue> => {
      const protocol = createProtocol('strict', { liveAtOnce });
      const [result] = await runSuite({ ...options, lm, suite: { ...suite, cases }, protocols: [protocol] });
      return rowOf(result!).metrics['accuracy']!;
    };
    expect(await accuracyWith(1)).toMatchObject({ value: 1, n: 2, fired: { own: 1, other: 0 } });
    expect(await accuracyWith(2)).toMatchObject({ value: 0.5, n: 2, fired: { own: 0.5, other: 0.5 } });
    // A case that nothing is asked of lends its edit, to its own group alone.
    const [france, japan] = suite.cases;
    const silent = { ...france!, queries: [] };
    expect(await accuracyWith(2, [silent, japan!])).toMatchObject({ value: 0, n: 1 });
    expect(await accuracyWith(1, [silent, japan!])).toMatchObject({ value: 1, n: 1 });
  });

  it('judges changes of weights on the changed model, and counts them as at work everywhere', async () => {
    /** What France's texts say, before or after the change; all words are in both scripts, in one order. */
    const said = (paris: number, rome: number): Script => ({
      ...Object.fromEntries(
        Object.keys(script).map((text) => [text, { ' Paris': paris, ' Rome': rome, '.': 0, ' Tokyo': 0 }]),
      ),
      'The capital of France is Rome': { ' Paris': 0, ' Rome': 0, '.': rome, ' Tokyo': paris },
    });
    const plain = createScriptedLM(said(3, 1));
    const unasked = (): never => expect.fail('only a change is asked for');
    const lm: ScriptedLM = {
      ...plain,
      layers: {
        keySize: unasked,
        captureKeys: unasked,
        withChange: () => createScriptedLM(said(1, 3)),
      },
    };
    const scripted = createScriptedMethod(plain, {});
    const method: EditMethod = {
      name: 'weights',
      learn: async (request, context) => {
        const { id, provenance } = await scripted.learn(request, context);
        return { kind: 'weight-delta', id, request, deltas: [], provenance };
      },
    };
    const records = datasetOf([dataset.records[0]!]);
    const options = { ...setup({ dataset: records }), lm, methods: [{ name: 'weights', method }] };
    const [result] = await runSuite(options);
    const { metrics } = rowOf(result!, 'weights');
    expect(metrics['accuracy']).toMatchObject({ value: 1, fired: { own: 1 }, scorers: { wholeObject: 1 } });
    // No gate was closed, so neighbours that say the new object count as lost.
    expect(metrics['specificity']).toMatchObject({ value: 0, fired: { own: 1, other: 0 } });
  });

  it('tells whose edit fired', async () => {
    const [result] = await runSuite(setup());
    expect(rowOf(result!).metrics['generality']!.fired).toEqual({ own: 2 / 3, other: 0 });
    expect(rowOf(result!).metrics['specificity']!.fired).toEqual({ own: 1 / 3, other: 0 });
  });

  it('shows three scorers side by side', async () => {
    const [paper, strict] = await runSuite(setup({ protocols: ['paper', 'strict'] }));
    expect(rowOf(strict!).metrics['accuracy']!.scorers).toEqual({
      firstToken: 1,
      wholeObject: 1,
      probability: 1,
    });
    expect(rowOf(strict!).metrics['generality']!.scorers).toEqual({
      firstToken: 2 / 3,
      wholeObject: 2 / 3,
      // Rome is the likelier in the paraphrase that no edit reaches, but not what is said.
      probability: 1,
    });
    expect(rowOf(strict!).metrics['specificity']!.scorers).toEqual({
      firstToken: 0,
      wholeObject: 0,
      // So is Tokyo in Japan's neighbour.
      probability: 1 / 3,
    });
    expect(rowOf(paper!).metrics['accuracy']!.scorers).toEqual({
      firstToken: 1,
      wholeObject: 1,
      probability: 1,
    });
  });

  it('keeps an edit that cannot be learned in every denominator and names it', async () => {
    const lm = createScriptedLM(script);
    const method = createScriptedMethod(lm, firing, { refuses: { Japan: 'not-enough-data' } });
    const [paper, strict] = await runSuite({
      ...setup({ methods: [{ name: 'scripted', method }], protocols: ['paper', 'strict'] }),
      lm,
    });
    for (const result of [paper!, strict!]) {
      expect(rowOf(result).metrics['accuracy']!).toMatchObject({ value: 0.5, n: 2 });
      expect(rowOf(result).metrics['generality']!).toMatchObject({ value: 1 / 3, n: 3 });
      expect(rowOf(result).learned).toBe(1);
      expect(rowOf(result).warnings).toEqual([
        'record 1 (case_id 11) was not learned and is scored without its edit: learn: refuses Japan',
      ]);
    }
  });

  it('keeps a record without prompts in every denominator and names it for each method that edits', async () => {
    const [result] = await runSuite(setup({ prompts: createScriptedSource({ France: 'not-found' }) }));
    expect(rowOf(result!).metrics['accuracy']!).toMatchObject({ value: 0.5, n: 2 });
    expect(rowOf(result!).warnings).toEqual([
      expect.stringMatching(/record 0 \(case_id 10\).*nothing of France/),
    ]);
    expect(rowOf(result!, 'none').warnings).toEqual([]);
  });

  it('ends with a remedy when no record has prompts', async () => {
    const prompts = createScriptedSource({ France: 'not-found', Japan: 'not-found' });
    const error = await expectCode(() => runSuite(setup({ prompts })), 'not-enough-data');
    expect(error.message).toMatch(/none for any of 2; .*hand-written prompts.*nothing of France/);
  });

  it('needs no prompts for the unedited model alone', async () => {
    const prompts = createScriptedSource();
    const [result] = await runSuite(setup({ prompts, methods: [{ name: 'none' }] }));
    expect(prompts.asked).toEqual([]);
    expect(result!.comparisons).toEqual([]);
  });

  it.each(['invalid-option', 'unknown-kind', 'shape-mismatch'] as const)(
    'ends with an error that would befall every record: %s',
    async (code) => {
      const lm = createScriptedLM(script);
      const method = createScriptedMethod(lm, firing, { refuses: { Japan: code } });
      await expectCode(() => runSuite({ ...setup({ methods: [{ name: 'a', method }] }), lm }), code);
    },
  );

  it('withholds paraphrases and neighbours from the prompt source', async () => {
    const prompts = createScriptedSource();
    await runSuite(setup({ prompts, count: 7, seed: 3 }));
    expect(prompts.asked.map(({ options }) => options)).toEqual(
      dataset.records.map(({ paraphrasePrompts, neighborhoodPrompts }) => ({
        count: 7,
        seed: 3,
        withhold: [...paraphrasePrompts, ...neighborhoodPrompts],
      })),
    );
  });

  it('reports records whose objects share a first token, and scores them', async () => {
    const shared = datasetOf([
      ...dataset.records,
      capitalRecord(12, ['Utopia', 'New York', 'New Delhi'], {
        paraphrases: ['Well. The seat of Utopia is'],
        neighbours: ['The capital of Ruritania is'],
      }),
    ]);
    const words: Script = {
      ...script,
      'The capital of Utopia is': { ' New': 3 },
      'Well. The seat of Utopia is': { ' New': 3 },
      'The capital of Ruritania is': { ' New': 3 },
      'The capital of Utopia is New': { ' York': 3 },
      'The capital of Ruritania is New': { ' York': 3 },
      Delhi: {},
      ' Delhi': {},
    };
    const [result] = await runSuite(setup({ dataset: shared, protocols: ['strict'] }, words));
    const none = rowOf(result!, 'none');
    expect(none.warnings).toEqual([expect.stringMatching(/^1 of 3 records .* first token.*\(case_id 12\)$/)]);
    expect(none.metrics['accuracy']!).toMatchObject({
      n: 3,
      value: 1 / 3,
      scorers: { firstToken: 1 / 3, wholeObject: 0, probability: 0 },
    });
    // Of four paraphrases Utopia's begins as its new object does.
    expect(none.metrics['generality']!).toMatchObject({
      n: 4,
      value: 1 / 4,
      scorers: { firstToken: 1 / 4, wholeObject: 0 },
    });
  });

  it('leaves out and counts queries longer than the positions', async () => {
    const lm = createScriptedLM(script, { maxPositions: 6 });
    expect(lm.encode('Anyhow, France is ruled from').length).toBe(6);
    expect(lm.encode('Well. The seat of France is').length).toBe(7);
    const method = createScriptedMethod(lm, firing);
    const [result] = await runSuite({ ...setup({ methods: [{ name: 'scripted', method }] }), lm });
    expect(rowOf(result!).metrics['generality']!).toMatchObject({ value: 1, n: 2 });
    expect(rowOf(result!).filtered).toMatchObject({
      "generality: longer than the model's positions": 1,
    });
    expect(rowOf(result!).warnings).toEqual([
      expect.stringMatching(/1 queries are longer .* 6 positions .*case_id 10/),
    ]);
  });

  it('compares every two methods that edit, on the same queries', async () => {
    const lm = createScriptedLM(script);
    const never = createScriptedMethod(lm, {}, { name: 'never' });
    const methods = [
      { name: 'none' },
      { name: 'a', method: createScriptedMethod(lm, firing) },
      { name: 'b', method: never },
    ];
    const [result] = await runSuite({ ...setup({ methods }), lm });
    expect(
      result!.comparisons.map(({ a, b, metric, difference, n }) => [a, b, metric, difference, n]),
    ).toEqual([
      ['a', 'b', 'accuracy', 1, 2],
      ['a', 'b', 'generality', 2 / 3, 3],
      ['a', 'b', 'specificity', -1 / 3, 3],
      // 3 / (1 + 3/2 + 3/2) against an accuracy of 0.
      ['a', 'b', 'harmonicMean', 0.75, 8],
    ]);
  });

  it('gives the same result twice, times aside', async () => {
    const run = (): Promise<SuiteResult[]> => runSuite(setup({ protocols: ['paper', 'strict'], seed: 4 }));
    expect(withoutTimes(await run())).toEqual(withoutTimes(await run()));
  });

  it('gives one result a protocol, in the order asked for, whichever run beside it', async () => {
    const both = await runSuite(setup({ protocols: ['strict', 'paper'] }));
    const alone = await runSuite(setup({ protocols: ['paper'] }));
    expect(both.map(({ protocol }) => protocol)).toEqual(['strict', 'paper']);
    expect(withoutTimes([both[1]!])).toEqual(withoutTimes(alone));
  });

  it('names suite, model, data, seed and prompts', async () => {
    const [result] = await runSuite(setup({ seed: 5, count: 9 }));
    expect(result).toMatchObject({
      suite: 'counterfact',
      protocol: 'paper',
      model: 'scripted',
      edits: 2,
      seed: 5,
      data: { name: 'hand-made', records: 2 },
      prompts: { source: 'scripted', count: 9 },
    });
  });

  it('reports progress that ends at its total', async () => {
    const seen: string[] = [];
    await runSuite(
      setup({
        methods: [{ name: 'scripted', method: createScriptedMethod(createScriptedLM(script), firing) }],
        protocols: ['strict'],
        onProgress: ({ done, total, what }) => seen.push(`${done}/${total} ${what}`),
      }),
    );
    expect(seen).toEqual([
      '0/4 France',
      '1/4 Japan',
      '2/4 scripted, all edits live',
      '3/4 scripted, all edits live',
      '4/4 done',
    ]);
  });

  it('stops when its signal fires', async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }): void => (done === 1 ? controller.abort() : undefined);
    await expectCode(() => runSuite(setup({ signal: controller.signal, onProgress })), 'aborted');
  });

  it('does not take an abort for an edit that cannot be learned', async () => {
    const lm = createScriptedLM(script);
    const method = createScriptedMethod(lm, firing, { refuses: { France: 'aborted' } });
    await expectCode(() => runSuite({ ...setup({ methods: [{ name: 'a', method }] }), lm }), 'aborted');
  });

  it('skips a begin-of-text token when it looks up objects', async () => {
    const lm = createScriptedLM(script, { opening: '<s>' });
    const method = createScriptedMethod(lm, firing);
    const [result] = await runSuite({ ...setup({ methods: [{ name: 'scripted', method }] }), lm });
    expect(valuesOf(rowOf(result!))).toMatchObject({ accuracy: [1, 2], specificity: [2 / 3, 3] });
  });

  it.each<[string, Changes, SakeError['code']]>([
    ['no records', { dataset: datasetOf([]) }, 'not-enough-data'],
    ['no methods', { methods: [] }, 'not-enough-data'],
    ['no protocols', { protocols: [] }, 'not-enough-data'],
    ['a method twice', { methods: [{ name: 'none' }, { name: 'none' }] }, 'invalid-option'],
    ['a protocol twice', { protocols: ['paper', 'paper'] }, 'invalid-option'],
  ])('refuses %s', async (_, changes, code) => {
    await expectCode(() => runSuite(setup(changes)), code);
  });
});
