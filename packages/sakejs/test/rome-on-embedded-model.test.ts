import { readFileSync } from 'node:fs';
import {
  collectKeyMoments,
  createKeySolver,
  rome,
  romeSettings,
  romeUpdate,
  samplePrefixes,
  type KeySolver,
} from '@sakejs/baselines';
import { objectTokens, subjectPosition } from '@sakejs/editor';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { fillPrompt, row, type CausalLM, type EditRequest } from '@sakejs/spec';
import { describeEditMethod } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFixture } from '../src/testing/embedded-fixture.js';
import { loadModel } from '../src/load-model.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
  readonly neighborhood_prompts: readonly string[];
}

const dev = JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8')) as DevRecord[];
const requests = [dev[0]!, dev[2]!].map(({ requested_rewrite: rewrite }): EditRequest => ({
  subject: rewrite.subject,
  prompt: rewrite.prompt,
  targetTrue: rewrite.target_true.str,
  targetNew: rewrite.target_new.str,
}));
/** The block whose MLP is edited. */
const layer = 2;
const settings = romeSettings({
  layer,
  // The published 20 do for most of this model's facts, not for those that it is surest of.
  steps: 50,
  prefixes: [
    { tokens: 5, count: 4 },
    { tokens: 10, count: 2 },
  ],
});

const corpus = dev.slice(40).flatMap(({ neighborhood_prompts: prompts }) => prompts);

// Weights have no gate: every prompt goes through the changed block.
describeEditMethod(
  'rome on the embedded model',
  () =>
    embeddedFixture(() =>
      rome({
        ...settings,
        moments: (lm, at) => collectKeyMoments(lm, corpus, { layer: at, maxTokens: 2000 }),
      }),
    ),
  { gated: false },
);

describe('ROME on the embedded model', () => {
  let lm: CausalLM;
  let solver: KeySolver;
  let prefixes: string[];

  beforeAll(async () => {
    lm = await loadModel('embedded', { threads: 1 });
    solver = createKeySolver(await collectKeyMoments(lm, corpus, { layer, maxTokens: 2000 }));
    prefixes = await samplePrefixes(lm, { plan: settings.prefixes, seed: 0 });
  }, 60_000);
  afterAll(() => lm[Symbol.asyncDispose]());

  it('samples texts of the planned lengths, the same for the same seed', async () => {
    expect(prefixes).toHaveLength(6);
    expect(await samplePrefixes(lm, { plan: settings.prefixes, seed: 0 })).toEqual(prefixes);
    expect(await samplePrefixes(lm, { plan: settings.prefixes, seed: 1 })).not.toEqual(prefixes);
  });

  it.each(requests.map((request) => [request.subject, request.targetNew, request] as const))(
    'makes the model say the new object: %s, %s',
    async (_, __, request) => {
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
      expect([delta.u.cols, delta.v.rows]).toEqual([1, 1]);
      expect(await probability(lm, prompt, request.targetNew)).toBe(before);
    },
    60_000,
  );
});

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
