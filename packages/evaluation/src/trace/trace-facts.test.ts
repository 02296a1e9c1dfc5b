import type { StateKind } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createRecallingLM, GAIN } from '../../test/recalling-lm.js';
import { capitalRecord, datasetOf } from '../../test/world.js';
import { noiseDraws } from './embedding-noise.js';
import { traceFacts } from './trace-facts.js';
import type { FactTrace, TraceResult } from './trace-result.js';

const none = { paraphrases: [], neighbours: [] };
const france = capitalRecord(1, ['France', 'Paris', 'Rome'], none);
const zealand = capitalRecord(2, ['New Zealand', 'Paris', 'Rome'], none);
const japan = capitalRecord(3, ['Japan', 'Tokyo', 'Rome'], none);
const lm = createRecallingLM([
  'The capital of France is',
  'The capital of New Zealand is',
  'The capital of Japan is',
]);
const trace = (
  records: Parameters<typeof datasetOf>[0],
  options: Omit<Parameters<typeof traceFacts>[0], 'lm' | 'dataset'> = {},
): Promise<TraceResult> => traceFacts({ lm, dataset: datasetOf(records), samples: 4, ...options });

/** P(Paris) where so much is told. */
const probability = (told: number): number =>
  Math.exp(GAIN * told) / (Math.exp(GAIN * told) + lm.info.vocabularySize - 1);
const zeros = (): number[][] => [0, 1, 2].map(() => [0, 0, 0, 0, 0]);

/** Expects a fact's effects of a kind, [layers][tokens], to be those. */
function expectEffects(
  { effects }: FactTrace,
  kind: StateKind,
  expected: readonly (readonly number[])[],
): void {
  for (const [layer, row] of expected.entries())
    for (const [position, value] of row.entries())
      expect(effects[kind]![layer]![position], `${kind} ${layer} at ${position}`).toBeCloseTo(value, 6);
}

describe('traceFacts', () => {
  it('finds where a model that is traced by hand recalls and tells', async () => {
    const { facts, suggestion, embeddingDeviation, totalEffect } = await trace([france]);
    const [fact] = facts;
    expect(fact).toMatchObject({
      prompt: 'The capital of France is',
      object: 'Paris',
      tokens: ['The', ' capital', ' of', ' France', ' is'],
      subjectTokens: [3, 3],
    });
    // The subject's embedding is (1, 0, 0).
    expect(embeddingDeviation).toBeCloseTo(Math.sqrt(1 / 3 - 1 / 9), 12);
    const draws = noiseDraws(
      { prompt: 'The capital of France is', span: { first: 3, last: 3 } },
      { samples: 4, deviation: 3 * embeddingDeviation, seed: 0, width: 3 },
    );
    const told = draws.map(([noise]) => {
      const [subject, recalled] = noise!.values;
      return { recalled: subject! + 1 + recalled!, kept: 1 + recalled! };
    });
    const mean = (of: (one: (typeof told)[number]) => number): number =>
      told.reduce((sum, one) => sum + probability(of(one)), 0) / 4;
    const corrupted = mean(({ recalled }) => recalled);
    expect(fact!.clean).toBeCloseTo(probability(1), 6);
    expect(fact!.corrupted).toBeCloseTo(corrupted, 6);
    const whole = probability(1) - corrupted;
    expect(totalEffect).toEqual({ value: fact!.clean - fact!.corrupted, n: 1, interval: null });
    const stream = zeros();
    stream[0]![3] = stream[1]![4] = stream[2]![4] = whole;
    expectEffects(fact!, 'stream', stream);
    const attention = zeros();
    attention[1]![4] = whole;
    expectEffects(fact!, 'attention', attention);
    const mlp = zeros();
    // What noise put into the second coordinate itself stays.
    mlp[0]![3] = mean(({ kept }) => kept) - corrupted;
    expectEffects(fact!, 'mlp', mlp);
    expect(suggestion).toMatchObject({ layer: 0, layers: [0, 0], share: 1 });
  });

  it('puts a window of blocks back at once, of attention and MLP alone', async () => {
    const one = (await trace([france])).facts[0]!.effects;
    const two = (await trace([france], { window: 2 })).facts[0]!.effects;
    expect(two.stream).toEqual(one.stream);
    const [first] = one.mlp!;
    expect(two.mlp).toEqual([first, first, zeros()[0]]);
    expect(two.attention!.map((row) => row[4] !== 0)).toEqual([false, true, true]);
    expect(one.attention!.map((row) => row[4] !== 0)).toEqual([false, true, false]);
  });

  it('has no effect without noise', async () => {
    const { facts, totalEffect, averages } = await trace([france, zealand], { noise: 0 });
    expect(totalEffect.value).toBe(0);
    expect(facts.flatMap(({ effects }) => Object.values(effects).flat(2)).every((e) => e === 0)).toBe(true);
    expect(averages.every(({ value }) => value === 0)).toBe(true);
  });

  it('traces facts that the model says, and counts the others', async () => {
    const result = await trace([japan, france, zealand]);
    expect(result).toMatchObject({ asked: 3, unknown: 1, clean: { n: 2 } });
    expect(result.facts.map(({ subject }) => subject)).toEqual(['France', 'New Zealand']);
    await expectCode(() => trace([japan]), 'not-enough-data');
  });

  it('averages over the facts that have a group, each with the mean of its tokens there', async () => {
    const { averages, facts } = await trace([france, zealand]);
    const at = (group: string, kind = 'mlp', layer = 0) =>
      averages.find((one) => one.group === group && one.kind === kind && one.layer === layer);
    const [one, two] = facts.map(({ effects }) => effects.mlp![0]!);
    expect(at('subjectFirst')).toEqual({
      ...{ kind: 'mlp', group: 'subjectFirst', layer: 0 },
      ...{ value: two![3], n: 1, interval: null },
    });
    const last = at('subjectLast')!;
    expect(last).toMatchObject({ value: (one![3]! + two![4]!) / 2, n: 2 });
    expect(last.interval![0]).toBeLessThanOrEqual(last.value);
    expect(last.interval![1]).toBeGreaterThanOrEqual(last.value);
    expect(at('last')!.value).toBe(0);
    expect(at('subjectMiddle')).toBeUndefined();
    expect(at('further')).toBeUndefined();
  });

  it('gives the same for the same seed, whatever else is traced, and something else for another', async () => {
    const [alone, among, other] = [
      await trace([zealand]),
      await trace([zealand, france], { kinds: ['stream', 'mlp', 'attention'] }),
      await trace([zealand], { seed: 1 }),
    ];
    const corrupted = (result: TraceResult) => result.facts[0]!.corrupted;
    expect(await trace([zealand])).toEqual(alone);
    expect(corrupted(other)).not.toBe(corrupted(alone));
    // The noise's spread is that of all subjects' embeddings.
    expect(among.embeddingDeviation).not.toBe(alone.embeddingDeviation);
  });

  it('traces the kinds that are asked for, in one order', async () => {
    const { facts, suggestion, settings } = await trace([france], { kinds: ['attention', 'stream'] });
    expect(Object.keys(facts[0]!.effects)).toEqual(['stream', 'attention']);
    expect(settings.kinds).toEqual(['stream', 'attention']);
    expect(suggestion).toBeNull();
  });

  it('reports its progress over known facts, and ends where it is told to', async () => {
    const seen: [number, number][] = [];
    await trace([japan, france, zealand], { onProgress: (...at) => seen.push(at) });
    expect(seen).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    await expectCode(() => trace([france], { signal: AbortSignal.abort() }), 'aborted');
  });

  it('refuses settings that make no trace, and models that cannot be traced', async () => {
    await expectCode(() => trace([france], { samples: 0 }), 'invalid-option');
    await expectCode(() => trace([france], { window: 1.5 }), 'invalid-option');
    await expectCode(() => trace([france], { noise: -1 }), 'invalid-option');
    await expectCode(() => trace([france], { kinds: [] }), 'invalid-option');
    const { tracing: _, ...without } = lm;
    await expectCode(() => traceFacts({ lm: without, dataset: datasetOf([france]) }), 'unsupported');
  });
});
