import { fillPrompt, row, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createLinearLM } from '../../test/linear-lm.js';
import { collectKeyMoments, type KeyMoments } from '../rome/key-moments.js';
import { createKeySolver } from '../rome/key-solver.js';
import { createMemories, memorise, type Memories } from './memorise.js';
import { memit } from './memit.js';
import { memitPresets, memitSettings } from './memit-settings.js';
import { memitUpdate } from './memit-update.js';

const lm = createLinearLM();
const texts = Array.from({ length: 60 }, (_, i) => `w${i % 50} w${(i * 7) % 50} w${(i * 13) % 50}`);
const moments = await collectKeyMoments(lm, texts, { layer: 1 });
const requests = ['w3', 'w6', 'w8'].map((subject): EditRequest => ({
  subject,
  prompt: '{} lies by the',
  targetTrue: 'w5',
  targetNew: 'w9',
}));
const promptsFor = (request: EditRequest): PromptDistribution => ({
  request,
  prompts: [fillPrompt(request.prompt, request.subject)],
  ...{ positives: [], negatives: [], source: { kind: 'test' }, dropped: {} },
});
const items = requests.map((request) => ({ request, prompts: promptsFor(request) }));
/** This model writes no texts. */
const given = { layers: [1], momentWeight: 8, prefixes: [], steps: 6 };
const settings = memitSettings(given);
const options = { ...given, moments: [moments] };
const learn = (index: number, more: object = {}): ReturnType<ReturnType<typeof memit>['learn']> =>
  memit({ ...options, ...more }).learn(requests[index]!, { lm, prompts: promptsFor(requests[index]!) });

describe('memit', () => {
  it('is R kᵀ (λ C + k kᵀ)⁻¹ for one edit and one block', async () => {
    const edit = await learn(0);
    const association = { subject: 'w3', prompt: '{} lies by the', object: 'w9' };
    const { target } = await memorise(lm, association, { settings, prefixes: [] });
    const tokens = lm.encode('w3 lies by the');
    const key = lm.keyOf(tokens, 0);
    const stream = row(await lm.capture([tokens], { layer: 1, positions: [0] }), 0);
    const inverse = inverted(moments, options.momentWeight, key);
    const direction = Array.from(key, (_, i) => key.reduce((sum, k, j) => sum + k * inverse[j]![i]!, 0));
    const [delta] = edit.deltas;
    if (delta === undefined || 'dense' in delta) throw new Error('expected a low-rank change');
    const most = Math.max(...direction.map(Math.abs)) * Math.max(...target.map(Math.abs));
    target.forEach((z, i) =>
      direction.forEach((a, j) => {
        const expected = (z - stream[i]!) * a;
        expect(Math.abs(delta.u.data[i]! * delta.v.data[j]! - expected) / most).toBeLessThan(1e-6);
      }),
    );
  });

  it("gives each key its value as λ vanishes: W'k = v", async () => {
    const edits = await memit({ ...options, momentWeight: 1e-9 }).learnBatch(items, { lm });
    for (const request of requests) {
      const association = { subject: request.subject, prompt: request.prompt, object: request.targetNew };
      const { target } = await memorise(lm, association, { settings, prefixes: [] });
      const tokens = lm.encode(fillPrompt(request.prompt, request.subject));
      const stream = row(await lm.capture([tokens], { layer: 1, positions: [0] }), 0);
      const key = lm.keyOf(tokens, 0);
      const moved = new Float64Array(target.length);
      for (const { deltas } of edits)
        for (const delta of deltas) {
          if ('dense' in delta) throw new Error('expected low-rank changes');
          const along = key.reduce((sum, k, i) => sum + k * delta.v.data[i]!, 0);
          moved.forEach((_, i) => (moved[i]! += delta.u.data[i]! * along));
        }
      target.forEach((z, i) => expect(Math.abs(stream[i]! + moved[i]! - z)).toBeLessThan(1e-4));
    }
  });

  it('learns a batch whose edits share it, each with its own share of the change', async () => {
    const method = memit(options);
    const edits = await method.learnBatch(items, { lm, seed: 3 });
    expect(new Set(edits.map(({ batch }) => batch!.id)).size).toBe(1);
    for (const [index, edit] of edits.entries()) {
      expect(edit).toMatchObject({ kind: 'weight-delta', request: requests[index], batch: { size: 3 } });
      expect(edit.deltas[0]).toMatchObject({ layer: 1, u: { rows: 12, cols: 1 }, v: { rows: 1, cols: 16 } });
      expect(edit.provenance).toMatchObject({
        ...{ method: 'memit', seed: 3 },
        settings: { layers: [1], momentWeight: 8, batch: 3, written: 1 },
      });
    }
    const alone = await learn(0);
    expect(alone.batch).toBeUndefined();
    expect(alone.deltas).not.toEqual(edits[0]!.deltas);
  });

  it('shares memories with methods that differ in λ or in blocks below the last', async () => {
    const memories = createMemories();
    let made = 0;
    const counting: Memories = {
      get: (key, make) =>
        memories.get(key, () => {
          made++;
          return make();
        }),
    };
    const shared = { memories: counting };
    const first = await learn(0, shared);
    const lighter = await learn(0, { ...shared, momentWeight: 2 });
    expect(made).toBe(1);
    expect(lighter.deltas).toEqual((await learn(0, { momentWeight: 2 })).deltas);
    expect(lighter.deltas).not.toEqual(first.deltas);
    await learn(0, { ...shared, klFactor: 0.5 });
    await learn(1, shared);
    expect(made).toBe(3);
  });

  it('has the published settings of two models', () => {
    const { 'gpt2-xl': xl, 'gpt-j-6b': j } = memitPresets;
    const both = {
      learningRate: 0.5,
      weightDecay: 0.5,
      klFactor: 0.0625,
      clampNormFactor: 0.75,
      stopBelow: 0.05,
      prefixes: [{ tokens: 10, count: 5 }],
      prefixStarts: ['The', 'Therefore', 'Because', 'I', 'You'],
      essencePrompt: '{} is a',
      essenceAt: 'subject',
    };
    expect(xl).toEqual({ ...both, layers: [13, 14, 15, 16, 17], momentWeight: 20_000, steps: 20 });
    expect(j).toEqual({ ...both, layers: [3, 4, 5, 6, 7, 8], momentWeight: 15_000, steps: 25 });
  });

  it('refuses settings out of range, moments of other blocks, and nothing or the same edit twice', async () => {
    for (const wrong of [
      { layers: [] },
      { layers: [1, 0] },
      { momentWeight: 0 },
      { steps: 0 },
      { lambda: 1 },
    ])
      await expectCode(() => memit({ ...options, ...wrong }), 'invalid-option');
    await expectCode(() => learn(0, { moments: [{ ...moments, layer: 0 }] }), 'invalid-option');
    await expectCode(() => memit(options).learnBatch([], { lm }), 'not-enough-data');
    await expectCode(() => memit(options).learnBatch([items[0]!, items[0]!], { lm }), 'invalid-input');
    await expectCode(() => memitUpdate(lm, [], { settings, solverOf }), 'not-enough-data');
  });
});

const solverOf = async (): Promise<ReturnType<typeof createKeySolver>> => createKeySolver(moments);

/** (λ C + k kᵀ)⁻¹ by Gauss-Jordan elimination with pivots. */
function inverted({ moment, size }: KeyMoments, weight: number, key: Float32Array): number[][] {
  const rows = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) => weight * moment[i * size + j]! + key[i]! * key[j]!),
    ...Array.from({ length: size }, (__, j) => Number(i === j)),
  ]);
  for (let at = 0; at < size; at++) {
    let pivot = at;
    for (let i = at; i < size; i++) if (Math.abs(rows[i]![at]!) > Math.abs(rows[pivot]![at]!)) pivot = i;
    [rows[at], rows[pivot]] = [rows[pivot]!, rows[at]!];
    const scale = rows[at]![at]!;
    rows[at] = rows[at]!.map((x) => x / scale);
    for (let i = 0; i < size; i++) {
      if (i === at) continue;
      const factor = rows[i]![at]!;
      rows[i] = rows[i]!.map((x, j) => x - factor * rows[at]![j]!);
    }
  }
  return rows.map((values) => values.slice(size));
}
