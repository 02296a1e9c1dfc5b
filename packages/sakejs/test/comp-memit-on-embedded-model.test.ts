import { compMemit } from '@sakejs/baselines';
import { createEditLibrary, createSteeredLM, decodeEdit, encodeEdit } from '@sakejs/editor';
import { fillPrompt, fromRows, type Edit, type EditMethod } from '@sakejs/spec';
import { describeEditMethod, type EditMethodFixture } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelKeyMoments } from '../src/key-moments.js';
import { createMethod } from '../src/methods.js';
import { editLoaders } from '../src/open-library.js';
import { embeddedFixture } from '../src/testing/embedded-fixture.js';
import { memitSettingsOf } from '../src/weight-presets.js';

/** Small: two paraphrases and one prompt of each implication, besides the request, in one block. */
const fixtureOf = (): Promise<EditMethodFixture> =>
  embeddedFixture((info): EditMethod =>
    compMemit({
      ...memitSettingsOf(info),
      layers: memitSettingsOf(info).layers.slice(-1),
      ...{ paraphrases: 2, implications: 1, steps: 30, prefixes: [{ tokens: 5, count: 1 }] },
      moments: (lm, layer) => modelKeyMoments(lm, { layer, maxTokens: 4000 }),
    }),
  );

// Weights have no gate: every prompt goes through the changed blocks.
describeEditMethod(
  'compmemit on the embedded model',
  () => embeddedFixture((info) => createMethod('compmemit', info)),
  { gated: false },
);

describe('compMemit on the embedded model', () => {
  let fixture: EditMethodFixture;
  let edits: readonly Edit[];
  beforeAll(async () => {
    fixture = await fixtureOf();
    const { lm, method, cases } = fixture;
    edits = await method.learnBatch!(cases, { lm, seed: 1 });
  }, 120_000);
  afterAll(() => fixture.lm[Symbol.asyncDispose]());

  const asked = (): string[] => [
    ...fixture.cases.map(({ request }) => fillPrompt(request.prompt, request.subject)),
    fixture.outside,
  ];

  it('writes paraphrases and what follows besides the request, a rank each of the edit that it belongs to', () => {
    const ranks: number[] = [];
    for (const edit of edits) {
      if (edit.kind !== 'weight-delta') throw new Error(`expected a change of weights, got ${edit.kind}`);
      expect(edit.batch?.size).toBe(2);
      const written = edit.provenance.settings!['written'] as number;
      ranks.push(written);
      for (const delta of edit.deltas) expect('u' in delta && delta.u.cols).toBe(written);
    }
    // Request and two paraphrases each; of one of the two facts the model knows what follows.
    expect(Math.min(...ranks)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...ranks)).toBeGreaterThan(3);
  });

  it('gives the logits before bitwise as edits of a batch are removed, the last one the plain model', async () => {
    const { lm } = fixture;
    const library = createEditLibrary();
    const steered = createSteeredLM(lm, library);
    const logits = async (): Promise<unknown> =>
      fromRows((await steered.respond(asked())).map((response) => response.logits)).data;
    const plain = await logits();
    await library.add(edits[0]!);
    const one = await logits();
    await library.add(edits[1]!);
    expect(await logits()).not.toEqual(one);
    await library.remove(edits[1]!.id);
    expect(await logits()).toEqual(one);
    await library.remove(edits[0]!.id);
    expect(await logits()).toEqual(plain);
  });

  it('is the same batch after a trip through files', async () => {
    const loaders = await editLoaders();
    const reloaded = edits.map((edit) => decodeEdit(encodeEdit(edit, loaders), loaders, 'reloaded'));
    expect((await fixture.respond(reloaded, asked())).data).toEqual(
      (await fixture.respond(edits, asked())).data,
    );
  });
});
