import { readFileSync } from 'node:fs';
import {
  createKeySolver,
  romeUpdate,
  samplePrefixes,
  type KeySolver,
  type RomeSettings,
} from '@sakejs/baselines';
import { objectTokens, subjectPosition } from '@sakejs/editor';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { fillPrompt, row, type CausalLM, type EditRequest, type Matrix } from '@sakejs/spec';
import { describeEditMethod } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelKeyMoments } from '../src/key-moments.js';
import { loadModel } from '../src/load-model.js';
import { createMethod } from '../src/methods.js';
import { embeddedFixture } from '../src/testing/embedded-fixture.js';
import { romeSettingsOf } from '../src/weight-presets.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
}

const dev = JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8')) as DevRecord[];
/** The first dev records, whichever they are. */
const requests = dev.slice(0, 12).map(({ requested_rewrite: rewrite }): EditRequest => ({
  subject: rewrite.subject,
  prompt: rewrite.prompt,
  targetTrue: rewrite.target_true.str,
  targetNew: rewrite.target_new.str,
}));

// Weights have no gate: every prompt goes through the changed block.
describeEditMethod(
  'rome on the embedded model',
  () => embeddedFixture((info) => createMethod('rome', info)),
  { gated: false },
);

describe('ROME on the embedded model', () => {
  let lm: CausalLM;
  let settings: RomeSettings;
  let solver: KeySolver;
  let prefixes: string[];

  beforeAll(async () => {
    lm = await loadModel('embedded', { threads: 1 });
    settings = romeSettingsOf(lm.info);
    const { layer } = settings;
    solver = createKeySolver(await modelKeyMoments(lm, { layer }));
    prefixes = await samplePrefixes(lm, { plan: settings.prefixes, seed: 0 });
  }, 120_000);
  afterAll(() => lm[Symbol.asyncDispose]());

  it('samples texts of the planned lengths, the same for the same seed', async () => {
    expect(prefixes).toHaveLength(6);
    expect(await samplePrefixes(lm, { plan: settings.prefixes, seed: 0 })).toEqual(prefixes);
    expect(await samplePrefixes(lm, { plan: settings.prefixes, seed: 1 })).not.toEqual(prefixes);
  });

  it('samples texts that begin with given words, as long as planned', async () => {
    const starts = ['The', 'Because'];
    const texts = await samplePrefixes(lm, { plan: [{ tokens: 8, count: 4 }], starts, seed: 0 });
    texts.forEach((text, at) => expect(text.startsWith(starts[at % 2]!)).toBe(true));
    const opening = lm.encode('').length;
    for (const text of texts) expect(lm.encode(text).length - opening).toBeLessThanOrEqual(9);
  });

  it.each(requests.map((request) => [request.subject, request.targetNew, request] as const))(
    'makes the model say the new object: %s, %s',
    async (_, __, request) => {
      const { layer } = settings;
      const { delta, value } = await romeUpdate(lm, request, { settings, solver, prefixes });
      const edited = lm.layers!.withChange({ weights: [delta] });
      const prompt = fillPrompt(request.prompt, request.subject);
      const before = await probability(lm, prompt, request.targetNew);
      expect(before).toBeLessThan(0.01);
      expect(await probability(edited, prompt, request.targetNew)).toBeGreaterThan(0.95);

      // W'k* = v*: what the block writes at the subject changes by δ.
      const positions = [subjectPosition(lm, prompt, request.subject)!];
      const [plain, changed] = [
        await lm.capture([prompt], { layer, positions }),
        await edited.capture([prompt], { layer, positions }),
      ];
      const norm = Math.hypot(...value.delta);
      value.delta.forEach((x, i) =>
        expect(Math.abs(changed.data[i]! - plain.data[i]! - x) / norm).toBeLessThan(1e-4),
      );

      // ΔW is rank one: whatever the block reads, what it writes changes along δ.
      const others = requests.map((other) => fillPrompt(other.prompt, other.subject));
      const moved = difference(await edited.capture(others, { layer }), await lm.capture(others, { layer }));
      expect(Math.max(...moved.map((row) => Math.hypot(...row)))).toBeGreaterThan(norm / 1000);
      for (const row of moved) {
        const along = row.reduce((sum, x, i) => sum + x * value.delta[i]!, 0) / norm ** 2;
        const beside = row.map((x, i) => x - along * value.delta[i]!);
        expect(Math.hypot(...beside)).toBeLessThan(1e-4 * norm);
      }
      expect(await probability(lm, prompt, request.targetNew)).toBe(before);
    },
    60_000,
  );
});

/** Row by row, a − b. */
function difference(a: Matrix<Float32Array>, b: Matrix<Float32Array>): number[][] {
  return Array.from({ length: a.rows }, (_, r) => {
    const other = row(b, r);
    return Array.from(row(a, r), (x, i) => x - other[i]!);
  });
}

/** p(object | prompt), all tokens of it. */
async function probability(lm: CausalLM, prompt: string, object: string): Promise<number> {
  const [tokens, target] = [lm.encode(prompt), objectTokens(lm, object)];
  const texts = target.map((_, i) => [...tokens, ...target.slice(0, i)]);
  const logits = await lm.project(await lm.capture(texts));
  return target.reduce((product, token, i) => {
    const values = row(logits, i);
    const most = Math.max(...values);
    const total = values.reduce((sum, x) => sum + Math.exp(x - most), 0);
    return (product * Math.exp(values[token]! - most)) / total;
  }, 1);
}
