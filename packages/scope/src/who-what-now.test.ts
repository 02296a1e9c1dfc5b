import type { LabelledQuery, Query, Scope, ScopeInput, TensorBundle } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { tokenQueries, tokenQuery } from '../test/token-world.js';
import type { CalibrationTarget } from './calibrate-threshold.js';
import { whoWhatNow } from './who-what-now.js';
import { whoWhatNowLoader } from './who-what-now-scope.js';
import type { WhoWhatNowFactor } from './who-what-now-options.js';

const input: ScopeInput = {
  positives: [
    ...tokenQueries('paraphrase', ['xSr', 'yxSr', 'xSyr', 'ySxr'], 5),
    ...tokenQueries('doubt', ['xSrxd', 'ySryd'], 5),
  ],
  negatives: [
    ...tokenQueries('other-subject', ['xTr', 'yUxr'], 5),
    ...tokenQueries('other-relation', ['xSq', 'ySxp', 'xSyq', 'xSp'], 5),
    ...tokenQueries('topic-change', ['xSrxTq', 'ySryUp', 'xSrySq'], 5),
    ...tokenQueries('unrelated', ['xyTx', 'yxU', 'xTy'], 5),
  ],
};
const accepts = (scope: Scope, text: string): boolean =>
  scope.match(tokenQuery(text, 'test')).distance <= scope.threshold;
/** The query with a last layer whose last state also says of whom the text speaks, as a model that has read it does. */
function meaning(query: LabelledQuery): LabelledQuery {
  const states = query.layers!.get(3)!;
  const width = states.cols;
  const data = Float32Array.from(states.data);
  for (let position = 0; position + 1 < states.rows; position++)
    for (const who of [0, 1, 2]) data[data.length - width + who]! += states.data[position * width + who]!;
  return { ...query, layers: new Map([...query.layers!, [3, { ...states, data }]]) };
}
const gates = new Map<string, Scope>();
/** The scope fitted with these factors, once. */
function gate(factors: readonly WhoWhatNowFactor[] = ['who', 'what', 'now']): Scope {
  const scope = gates.get(factors.join()) ?? whoWhatNow({ layers: 4, factors }).fit(input);
  gates.set(factors.join(), scope);
  return scope;
}
/** Texts that each factor alone keeps out: another subject, a doubt about another relation, a change of topic. */
const keptOutBy = { who: 'yTr', what: 'ySqyd', now: 'xSryTp' } as const;

describe('whoWhatNow', () => {
  it('accepts the edited question in unseen words, doubted, and behind other talk', () => {
    for (const text of ['xxSr', 'Sxyr', 'yySrxyd', 'xTqxSr'])
      expect([text, accepts(gate(), text)]).toEqual([text, true]);
  });

  it('rejects another subject, another relation, a change of topic and unrelated text', () => {
    for (const text of [
      'xxTr',
      'xUyr',
      'xySq',
      'Sxp',
      'xySrxUq',
      'ySrxSp',
      'xxyy',
      ...Object.values(keptOutBy),
    ])
      expect([text, accepts(gate(), text)]).toEqual([text, false]);
  });

  it.each(['who', 'what', 'now'] as const)('needs the factor %s', (dropped) => {
    const rest = (['who', 'what', 'now'] as const).filter((factor) => factor !== dropped);
    expect(accepts(gate(), keptOutBy[dropped])).toBe(false);
    expect(accepts(gate(rest), keptOutBy[dropped])).toBe(true);
  });

  it('accepts doubts of unseen endings once now has learned from within doubts what asks something else', () => {
    const asked = whoWhatNow({
      layers: 4,
      nowDoubtStates: 3,
      nowNegatives: ['topic-change', 'other-relation'],
    }).fit(input);
    for (const text of ['xSrydx', 'ySrxdyx']) {
      expect([text, accepts(gate(), text)]).toEqual([text, false]);
      expect([text, accepts(asked, text)]).toEqual([text, true]);
    }
    for (const text of ['xxSr', 'xySrxUq', 'ySrxSp', 'xySq', 'xxTr'])
      expect([text, accepts(asked, text)]).toEqual([text, text === 'xxSr']);
    expect(asked.settings).toMatchObject({ nowDoubtStates: 3, nowNegatives: 'topic-change,other-relation' });
  });

  it('gives the latest mention that passes', () => {
    expect(gate().match(tokenQuery('xSryxSr', 'test')).position).toBe(5);
  });

  it('tries every mention: one that asks nothing does not hide an earlier one that does', () => {
    const match = gate().match(tokenQuery('xSrySd', 'test'));
    expect(match.position).toBe(1);
    expect(match.distance).toBeLessThanOrEqual(1);
  });

  it('gives the nearest mention when none passes, the latest of equals', () => {
    const match = gate().match(tokenQuery('xxSqTq', 'test'));
    expect(match.distance).toBeGreaterThan(1);
    // What is asked now decides, and that is the same for every position.
    expect(match.position).toBe(5);
  });

  it('says at once what it cannot hold', () => {
    for (const text of ['xSryxSr', 'xxSqTq', 'xSrxTq', 'xyTx'])
      for (const scope of [gate(), gate(['who', 'what'])])
        if (!scope.mayHold!(tokenQuery(text, 'test'))) expect(accepts(scope, text)).toBe(false);
    expect(gate().mayHold!(tokenQuery('xSrxTq', 'test'))).toBe(false);
    expect(gate(['who', 'what']).mayHold!(tokenQuery('xSrxTq', 'test'))).toBe(true);
  });

  it('gives no position when it does not look for a subject', () => {
    expect(gate(['what', 'now']).match(tokenQuery('xSr', 'test'))).not.toHaveProperty('position');
  });

  it('tells who is meant from the last state, where nobody is named', async () => {
    const detector = whoWhatNow({ layers: 4, factors: ['what', 'meant'] });
    const scope = detector.fit({
      positives: input.positives.map(meaning),
      negatives: input.negatives.map(meaning),
    });
    expect(detector.needs.layers).toEqual([2, 3]);
    const holds = (text: string): boolean =>
      scope.match(meaning(tokenQuery(text, 'test'))).distance <= scope.threshold;
    expect(['xxSr', 'Sxyr'].map(holds)).toEqual([true, true]);
    expect(['xxTr', 'xUyr', 'xySq'].map(holds)).toEqual([false, false, false]);
    expect(accepts(gate(['what']), 'xxTr')).toBe(true);
    const stored = await whoWhatNowLoader.load(scope.toTensors());
    const asked = meaning(tokenQuery('xxSr', 'test'));
    expect(stored.match(asked)).toEqual(scope.match(asked));
    expect(scope.settings).toMatchObject({ factors: 'what,meant', meantLayer: 3, meantShrinkage: 0.2 });
    // The last token alone rules others out, so that nothing else need be looked at.
    expect(stored.mayHold!(meaning(tokenQuery('xxTr', 'test')))).toBe(false);
  });

  it('puts each factor at 1 on its own threshold and takes the largest', () => {
    const query = tokenQuery('xySyr', 'test');
    const alone = (['who', 'what', 'now'] as const).map((factor) => gate([factor]).match(query).distance);
    // One mention: what and now do not depend on the position here, the ask being last.
    expect(gate().match(query).distance).toBe(Math.max(...alone));
  });

  it.each([
    { nowNegatives: [] },
    { nowDoubtStates: -1 },
    { nowDoubtStates: 1.5 },
    { nowDoubtStates: 1, nowLayer: 'final' as const },
  ])('refuses %o', async (options) => {
    await expectCode(() => whoWhatNow({ layers: 4, ...options }), 'invalid-option');
  });

  it('needs only the layers of its factors, by default at 3/8 and 3/4 of the depth', () => {
    expect(whoWhatNow({ layers: 4 }).needs).toEqual({ layers: [1, 2], embedding: false });
    expect(whoWhatNow({ layers: 48 }).needs.layers).toEqual([17, 35]);
    expect(whoWhatNow({ layers: 1 }).needs.layers).toEqual([0]);
    expect(whoWhatNow({ layers: 4, factors: ['who'], whoLayer: 3 }).needs.layers).toEqual([3]);
    expect(whoWhatNow({ layers: 4, nowLayer: 'final', factors: ['now'] }).needs.layers).toEqual([]);
  });

  it('looks at the input of the LM head where the now layer is final', () => {
    const scope = whoWhatNow({ layers: 4, nowLayer: 'final' }).fit(input);
    const asked = tokenQuery('xSr', 'test');
    const elsewhere: Query = { ...asked, lastTokenActivation: tokenQuery('xSq', 'test').lastTokenActivation };
    expect(scope.match(asked).distance).toBeLessThanOrEqual(1);
    expect(scope.match(elsewhere).distance).toBeGreaterThan(1);
  });

  it('meets a coverage target on held-out prompts and says what it achieved', () => {
    const target = { kind: 'coverage', share: 0.9 } as const;
    const scope = whoWhatNow({ layers: 4, threshold: target }).fit(input);
    expect(scope.settings).toMatchObject({ calibration: 'coverage 0.9', positives: 30, negatives: 60 });
    expect(scope.settings['falseReject']).toBeLessThanOrEqual(0.1);
  });

  it('measures prompts that the factors were fitted without to meet a target', () => {
    // In sample every subject state is at distance 0, and no threshold above 0 could be found.
    const target = { kind: 'coverage', share: 0.5 } as const;
    const scope = whoWhatNow({ layers: 4, factors: ['who'], threshold: target }).fit(input);
    expect(scope.threshold).toBeGreaterThan(0.1);
  });

  describe('factorTarget', () => {
    const midpoint = (positivePercentile: number, negativePercentile: number): CalibrationTarget => ({
      kind: 'midpoint',
      positivePercentile,
      negativePercentile,
    });
    const fit = (factorTarget?: CalibrationTarget): Scope =>
      whoWhatNow({ layers: 4, ...(factorTarget && { factorTarget }) }).fit(input);

    it('is midway between the 3rd percentile of positives and the 98th of negatives by default', () => {
      expect(fit(midpoint(3, 98)).toTensors()).toEqual(fit().toTensors());
      expect(fit().settings['factorTarget']).toBe('midpoint 3/98');
    });

    it('moves the border of every factor, and stands in the settings', () => {
      const borders = ({ meta }: TensorBundle): number[] =>
        ['whoThreshold', 'whatOffset', 'nowOffset'].map((name) => meta[name] as number);
      const strict = fit(midpoint(3, 100));
      const loose = fit(midpoint(3, 60));
      borders(loose.toTensors()).forEach((border, factor) =>
        expect(border).toBeGreaterThan(borders(strict.toTensors())[factor]!),
      );
      expect(loose.settings['factorTarget']).toBe('midpoint 3/60');
    });

    it('may be given by factor', async () => {
      const offsets = ({ meta }: TensorBundle): unknown[] => [meta['whatOffset'], meta['nowOffset']];
      const { whatOffset } = fit().toTensors().meta;
      const mixed = whoWhatNow({ layers: 4, factorTarget: { now: midpoint(3, 60) } }).fit(input);
      expect(offsets(mixed.toTensors())).toEqual([
        whatOffset,
        fit(midpoint(3, 60)).toTensors().meta['nowOffset'],
      ]);
      expect(mixed.settings['factorTarget']).toBe('who midpoint 3/98, what midpoint 3/98, now midpoint 3/60');
      await expectCode(
        () => whoWhatNow({ layers: 4, factorTarget: { who: midpoint(-1, 60) } }),
        'invalid-option',
      );
    });

    it('leaves at most the stated share of errors in each factor, on prompts held out', () => {
      const covering = fit({ kind: 'coverage', share: 0.9 }).settings;
      for (const factor of ['who', 'what', 'now'])
        expect(covering[`${factor}FalseReject`]).toBeCloseTo(0.1, 10);
      const refusing = fit({ kind: 'false-accept', rate: 0 }).settings;
      for (const factor of ['who', 'what', 'now']) expect(refusing[`${factor}FalseAccept`]).toBe(0);
    });

    it('says in the errors which target is out of range', async () => {
      const error = await expectCode(
        () => whoWhatNow({ layers: 4, factorTarget: midpoint(3, 101) }),
        'invalid-option',
      );
      expect(error.message).toContain('negativePercentile');
    });
  });

  it('names the folds that each factor was calibrated over', () => {
    const few = input.positives.filter(({ kind }) => kind === 'doubt').concat(input.positives.slice(0, 3));
    const scope = whoWhatNow({ layers: 4 }).fit({ ...input, positives: few });
    expect(scope.settings).toMatchObject({ whoFolds: 5, whatFolds: 3, nowFolds: 5 });
  });

  it('keeps no more subject states than asked for', () => {
    const scope = whoWhatNow({ layers: 4, subjectStates: 3 }).fit(input);
    expect(scope.toTensors().tensors['subjectStates']!.shape).toEqual([3, 9]);
    expect(accepts(scope, 'xySr')).toBe(true);
  });

  it('says which factor lacks prompts', async () => {
    const without = (...kinds: string[]): ScopeInput => ({
      positives: input.positives,
      negatives: input.negatives.filter(({ kind }) => !kinds.includes(kind)),
    });
    const detector = whoWhatNow({ layers: 4 });
    const failure = (given: ScopeInput): Promise<Error> =>
      expectCode(() => detector.fit(given), 'not-enough-data');
    expect((await failure(without('other-subject', 'unrelated'))).message).toContain('(who)');
    expect((await failure(without('other-relation'))).message).toContain('(what)');
    expect((await failure(without('topic-change', 'unrelated', 'other-relation'))).message).toMatch(
      /\((what|now)\)/,
    );
    const doubtsOnly = input.positives.filter(({ kind }) => kind === 'doubt');
    expect((await failure({ ...input, positives: doubtsOnly })).message).toContain('(what)');
  });

  it('refuses prompts about the subject whose subject position is absent or outside', async () => {
    const spoil = (change: Partial<LabelledQuery>): ScopeInput => ({
      ...input,
      positives: [{ ...input.positives[0]!, ...change }, ...input.positives.slice(1)],
    });
    await expectCode(() => gate().match({ lastTokenActivation: new Float32Array(9) }), 'invalid-input');
    await expectCode(() => whoWhatNow({ layers: 4 }).fit(spoil({ subjectPosition: 99 })), 'invalid-input');
    // A text without S has no subject position.
    const unnamed: LabelledQuery = { ...tokenQuery('xTq', 'unnamed'), kind: 'other-relation' };
    const negatives = [...input.negatives, unnamed];
    await expectCode(() => whoWhatNow({ layers: 4 }).fit({ ...input, negatives }), 'invalid-input');
  });

  it('refuses a different number of positions at its layers, and none', async () => {
    const query = tokenQuery('xSr', 'test');
    const other = tokenQuery('xSrx', 'test').layers!.get(2)!;
    await expectCode(
      () => gate().match({ ...query, layers: new Map([...query.layers!, [2, other]]) }),
      'shape-mismatch',
    );
    const none = { rows: 0, cols: 9, data: new Float32Array(0) };
    await expectCode(() => gate().match({ ...query, layers: new Map([[1, none], [2, none]]) }), 'invalid-input'); // prettier-ignore
  });

  it.each([
    ['no layers', { layers: 0 }],
    ['a layer the model lacks', { layers: 4, whoLayer: 4 }],
    ['a negative layer', { layers: 4, nowLayer: -1 }],
    ['a shrinkage of 0', { layers: 4, whatShrinkage: 0 }],
    ['no factors', { layers: 4, factors: [] }],
    ['no subject states', { layers: 4, subjectStates: 0 }],
    ['a threshold of 0', { layers: 4, threshold: 0 }],
    ['one fold', { layers: 4, folds: 1 }],
  ])('refuses %s', async (_, options) => {
    await expectCode(() => whoWhatNow(options), 'invalid-option');
  });
});
