import { readFileSync } from 'node:fs';
import {
  createKeySolver,
  memit,
  memitSettings,
  memitUpdate,
  memorise,
  type KeySolver,
} from '@sakejs/baselines';
import { subjectPosition } from '@sakejs/editor';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { createTemplateSource } from '@sakejs/prompts';
import { fillPrompt, row, type CausalLM, type EditRequest } from '@sakejs/spec';
import { describeEditMethod } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelKeyMoments } from '../src/key-moments.js';
import { loadModel } from '../src/load-model.js';
import { embeddedFixture } from '../src/testing/embedded-fixture.js';
import { memitSettingsOf } from '../src/weight-presets.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly relation_id: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
}

const dev = JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8')) as DevRecord[];
const requests = dev.slice(0, 4).map(({ requested_rewrite: rewrite }): EditRequest => ({
  ...{ subject: rewrite.subject, prompt: rewrite.prompt, relation: rewrite.relation_id },
  ...{ targetTrue: rewrite.target_true.str, targetNew: rewrite.target_new.str },
}));
const moments = (lm: CausalLM, layer: number): ReturnType<typeof modelKeyMoments> =>
  modelKeyMoments(lm, { layer, maxTokens: 4000 });

// Weights have no gate: every prompt goes through the changed blocks.
describeEditMethod(
  'memit on the embedded model',
  () => embeddedFixture((info) => memit({ ...memitSettingsOf(info), moments })),
  { gated: false },
);

describe('MEMIT on the embedded model', () => {
  let lm: CausalLM;
  beforeAll(async () => {
    lm = await loadModel('embedded', { threads: 1 });
  });
  afterAll(() => lm[Symbol.asyncDispose]());

  it('makes the model say each new object of a batch, and only its own share goes with an edit', async () => {
    const source = createTemplateSource({ doubts: 0, negativesPerKind: 1, implications: 0 });
    const items = await Promise.all(
      requests.map(async (request) => ({ request, prompts: await source.generate(request, { count: 2 }) })),
    );
    const edits = await memit({ ...memitSettingsOf(lm.info), moments }).learnBatch(items, { lm });
    expect(edits.map(({ batch }) => batch?.size)).toEqual([4, 4, 4, 4]);
    const all = lm.layers!.withChange({ weights: edits.flatMap(({ deltas }) => deltas) });
    const without = lm.layers!.withChange({ weights: edits.slice(1).flatMap(({ deltas }) => deltas) });
    for (const request of requests) expect(await preference(all, request)).toBeGreaterThan(0);
    expect(await preference(without, requests[0]!)).toBeLessThan(0);
    for (const request of requests.slice(1)) expect(await preference(without, request)).toBeGreaterThan(0);
  }, 120_000);

  it('brings the stream to z over the blocks together as λ vanishes', async () => {
    const { layers, ...plain } = memitSettingsOf(lm.info);
    const settings = memitSettings({ ...plain, layers, momentWeight: 1e-6, steps: 20, prefixes: [] });
    const solvers = new Map<number, Promise<KeySolver>>();
    const solverOf = (layer: number): Promise<KeySolver> => {
      const known = solvers.get(layer) ?? moments(lm, layer).then((found) => createKeySolver(found));
      solvers.set(layer, known);
      return known;
    };
    const memories = await Promise.all(
      requests.map(({ subject, prompt, targetNew: object }) =>
        memorise(lm, { subject, prompt, object }, { settings, prefixes: [] }),
      ),
    );
    const updates = await memitUpdate(lm, memories, { settings, solverOf });
    expect(updates.map(({ layer }) => layer)).toEqual(layers);
    const texts = requests.map(({ prompt, subject }) => fillPrompt(prompt, subject));
    const positions = requests.map(({ subject }, i) => subjectPosition(lm, texts[i]!, subject)!);
    const changed = lm.layers!.withChange({ weights: updates });
    const streams = await changed.capture(texts, { layer: layers.at(-1)!, positions });
    memories.forEach(({ target }, i) => {
      const norm = Math.hypot(...target);
      target.forEach((z, j) => expect(Math.abs(row(streams, i)[j]! - z) / norm).toBeLessThan(1e-4));
    });
  }, 120_000);
});

/** Log-odds of the new object's first token against the true one's, on the request. */
async function preference(lm: CausalLM, request: EditRequest): Promise<number> {
  const logits = row(await lm.project(await lm.capture([fillPrompt(request.prompt, request.subject)])), 0);
  const first = (object: string): number => logits[lm.encode(` ${object}`)[lm.encode('').length]!]!;
  return first(request.targetNew) - first(request.targetTrue);
}
