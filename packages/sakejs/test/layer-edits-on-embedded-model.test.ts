import { readFileSync } from 'node:fs';
import { grace } from '@sakejs/baselines';
import { createSteeredLM, decodeEdit, encodeEdit } from '@sakejs/editor';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import {
  createRandom,
  fillPrompt,
  fromRows,
  row,
  type CausalLM,
  type EditRequest,
  type GeneratedToken,
  type LayerHookEdit,
  type LowRankDelta,
  type PromptDistribution,
  type WeightDeltaEdit,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../src/load-model.js';
import { editLoaders } from '../src/open-library.js';

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
const requests = dev
  .slice(0, 2)
  .map(({ requested_rewrite: { subject, prompt, ...objects } }): EditRequest => ({
    subject,
    prompt,
    targetTrue: objects.target_true.str,
    targetNew: objects.target_new.str,
  }));
const asks = requests.map(({ prompt, subject }) => fillPrompt(prompt, subject));
const others = dev.slice(0, 2).flatMap(({ neighborhood_prompts: prompts }) => prompts.slice(0, 3));

/** The request's own prompt alone: these methods learn from no other. */
const promptsFor = (request: EditRequest): PromptDistribution => ({
  request,
  prompts: [fillPrompt(request.prompt, request.subject)],
  positives: [],
  negatives: [],
  source: { kind: 'test' },
  dropped: {},
});

async function textOf(tokens: AsyncIterable<GeneratedToken>): Promise<string> {
  let text = '';
  for await (const token of tokens) text += token.text;
  return text;
}

let lm: CausalLM;
beforeAll(async () => {
  lm = await loadModel();
});
afterAll(() => lm[Symbol.asyncDispose]());

describe('grace on the embedded model', () => {
  let edits: readonly LayerHookEdit[];
  beforeAll(async () => {
    const method = grace({ radius: { ofNorm: 0.2 }, start: 'warm' });
    edits = await Promise.all(
      requests.map((request) => method.learn(request, { lm, prompts: promptsFor(request) })),
    );
  });

  it('learns values that say the whole new object', async () => {
    const steered = createSteeredLM(lm, edits);
    for (const [index, request] of requests.entries()) {
      expect(edits[index]!.provenance.settings!['nll']).toBeLessThan(0.05);
      const text = await textOf(steered.generate(asks[index]!, { maxTokens: 8 }));
      expect(text.trimStart().startsWith(request.targetNew)).toBe(true);
    }
  });

  it('is bitwise the plain model outside its radius, and everywhere once removed', async () => {
    const plain = await createSteeredLM(lm, []).respond([...asks, ...others]);
    const live = await createSteeredLM(lm, edits).respond([...asks, ...others]);
    const outside = live.flatMap(({ edit }, index) => (edit === undefined ? [index] : []));
    expect(outside.length).toBeGreaterThanOrEqual(4);
    for (const index of outside) expect(live[index]!.logits).toEqual(plain[index]!.logits);
    for (const index of [0, 1]) expect(live[index]!.logits).not.toEqual(plain[index]!.logits);
    expect(await createSteeredLM(lm, []).respond([...asks, ...others])).toEqual(plain);
  });

  it('splits the space between edits of one prompt and different objects', async () => {
    const [request] = requests as [EditRequest];
    const rival = { ...request, targetNew: requests[1]!.targetNew };
    const second = await grace({ radius: { ofNorm: 0.2 } }).learn(rival, { lm, prompts: promptsFor(rival) });
    const [answer] = await createSteeredLM(lm, [edits[0]!, second]).respond([asks[0]!]);
    expect(answer!.edit).toBe(second.id);
    const [after] = await createSteeredLM(lm, [edits[0]!]).respond([asks[0]!]);
    expect(after!.edit).toBe(edits[0]!.id);
  });

  it('wants a model with gradients, and options in range', async () => {
    const { gradients: _, ...without } = lm;
    const [request] = requests as [EditRequest];
    const learn = () => grace().learn(request, { lm: without, prompts: promptsFor(request) });
    await expectCode(learn, 'unsupported');
    await expectCode(() => grace({ radius: 0 }), 'invalid-option');
    await expectCode(() => grace({ steps: 0 }), 'invalid-option');
  });
});

describe('changes of weights on the embedded model', () => {
  const layer = 3;
  let edit: WeightDeltaEdit;
  beforeAll(async () => {
    const random = createRandom('delta');
    const key = (await lm.layers!.captureKeys([asks[0]!], { layers: [layer] })).get(layer)!;
    const size = key.data.reduce((sum, value) => sum + value * value, 0);
    edit = {
      kind: 'weight-delta',
      id: 'changed',
      request: requests[0]!,
      deltas: [
        {
          layer,
          u: fromRows(Array.from({ length: lm.info.hiddenSize }, () => [5 * random.normal()])),
          v: fromRows([key.data.map((value) => value / size)]),
        },
      ],
      provenance: {
        method: 'test',
        createdAt: '2026-01-01T00:00:00.000Z',
        model: { id: lm.info.id, sha256: lm.info.sha256 },
        seed: 0,
        prompts: { count: 1, source: { kind: 'test' } },
        rows: { source: 0, target: 0, obeying: 0 },
        versions: {},
      },
    };
  });

  it('moves the stream by U V k, through quantized weights too', async () => {
    const [{ u }] = edit.deltas as readonly [LowRankDelta];
    const view = lm.layers!.withChange({ weights: edit.deltas });
    const [before, after] = await Promise.all(
      [lm, view].map((model) => model.capture([asks[0]!], { layer })),
    );
    row(after!, 0).forEach((value, i) => expect(value - before!.data[i]!).toBeCloseTo(u.data[i]!, 2));
  });

  it('is gone bitwise once removed, and the same from its file', async () => {
    const plain = await createSteeredLM(lm, []).respond(asks);
    const live = await createSteeredLM(lm, [edit]).respond(asks);
    expect(live[0]!.logits).not.toEqual(plain[0]!.logits);
    expect(await createSteeredLM(lm, []).respond(asks)).toEqual(plain);
    const loaders = await editLoaders();
    const again = decodeEdit(encodeEdit(edit, loaders), loaders, 'file');
    const reloaded = await createSteeredLM(lm, [again]).respond(asks);
    expect(reloaded.map(({ logits }) => logits)).toEqual(live.map(({ logits }) => logits));
  });

  it('decodes from a cache of its own', async () => {
    const steered = createSteeredLM(lm, [edit]);
    const cached = await textOf(steered.generate(asks[0]!, { maxTokens: 6 }));
    const view = lm.layers!.withChange({ weights: edit.deltas });
    const tokens = lm.encode(asks[0]!);
    const length = tokens.length;
    for (let step = 0; step < 6; step++) {
      const logits = row(await view.project(await view.capture([tokens])), 0);
      tokens.push(logits.indexOf(Math.max(...logits)));
    }
    expect(lm.decode(tokens.slice(length)).startsWith(cached)).toBe(true);
    expect(cached).not.toBe('');
  });
});
