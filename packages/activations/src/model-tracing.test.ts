import {
  createRandom,
  row,
  stateTracing,
  type CausalLM,
  type EmbeddingNoise,
  type RestoredRun,
  type StateSite,
  type TracedPrompt,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportedBelow, qwen2, tinyGptJ } from '../test/other-exports.js';
import { tinyGpt2, tinyLlama, writeRandomModel } from '../test/random-model.js';
import { loadCausalLM } from './load-causal-lm.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-tracing-'));
});
afterAll(() => rm(root, { recursive: true }));

const exported = (file: string): Promise<string> => exportedBelow(root, file);

const models: [string, () => Promise<string>][] = [
  ['a GPT-J', () => writeRandomModel(join(root, 'gptj'), tinyGptJ)],
  ['a GPT-2', () => writeRandomModel(join(root, 'gpt2'), tinyGpt2)],
  ['a LLaMA', () => writeRandomModel(join(root, 'llama'), tinyLlama)],
  ["optimum's Qwen2", async () => qwen2],
  ["TorchScript's Qwen2", () => exported('qwen2-torchscript.onnx')],
  ['a Qwen2 fused by ONNX Runtime', () => exported('qwen2-ort-extended.onnx')],
  ["onnxruntime-genai's Qwen2", () => exported('qwen2-genai')],
  ['a merged Qwen2', () => exported('qwen2-merged.onnx')],
  ['a Qwen2 in half precision', () => exported('qwen2-fp16.onnx')],
  ['a dynamically quantized Qwen2', () => exported('qwen2-int8.onnx')],
];

const tokens = [5, 9, 60, 7, 31, 12];
const LAST = tokens.length - 1;
/** Where embeddings are disturbed. */
const SUBJECT = [1, 2, 3];
const LAYERS = [0, 1, 2];

/** Largest difference, relative to the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = Array.from(b).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / scale;
}

describe.each(models)('traced runs of %s', (_, folder) => {
  let lm: CausalLM;
  let traced: TracedPrompt;
  let noise: EmbeddingNoise[];
  const hidden = async (...runs: RestoredRun[]): Promise<Float32Array[]> => {
    const states = await traced.run(runs);
    return runs.map((__, i) => row(states, i));
  };

  beforeAll(async () => {
    lm = await loadCausalLM(await folder(), { threads: 1, batchTokens: 20 });
    traced = await stateTracing(lm, 'test').prepare(tokens);
    const random = createRandom('noise');
    noise = SUBJECT.map((position) => ({
      position,
      values: Float32Array.from({ length: lm.info.hiddenSize }, () => random.normal()),
    }));
  });
  afterAll(() => lm[Symbol.asyncDispose]());

  it('is the plain model without noise, with everything put back or nothing', async () => {
    const plain = (await lm.capture([tokens])).data;
    expect(difference(traced.lastTokenActivation, plain)).toBeLessThan(2e-3);
    const everything = LAYERS.flatMap((layer) =>
      tokens.flatMap((__, position): StateSite[] =>
        (['stream', 'attention', 'mlp'] as const).map((kind) => ({ kind, layer, position })),
      ),
    );
    const [nothing, all] = await hidden({ noise: [], restored: [] }, { noise: [], restored: everything });
    expect(difference(nothing!, traced.lastTokenActivation)).toBeLessThan(1e-6);
    expect(difference(all!, traced.lastTokenActivation)).toBeLessThan(1e-6);
  });

  it('is the plain model where all states at some depth, or the last one of all, are put back', async () => {
    const at = (layer: number, positions: readonly number[]): RestoredRun => ({
      noise,
      restored: positions.map((position) => ({ kind: 'stream', layer, position })),
    });
    const [disturbed, embeddings, middle, end] = await hidden(
      { noise, restored: [] },
      at(-1, SUBJECT),
      at(1, [...tokens.keys()]),
      at(2, [LAST]),
    );
    expect(difference(disturbed!, traced.lastTokenActivation)).toBeGreaterThan(1e-2);
    for (const restored of [embeddings, middle, end])
      expect(difference(restored!, traced.lastTokenActivation)).toBeLessThan(1e-6);
  });

  it('has streams that attention and MLP add up to', () => {
    for (const layer of LAYERS) {
      const [before, after] = [layer - 1, layer].map((at) => traced.states('stream', at).data);
      const [attention, mlp] = (['attention', 'mlp'] as const).map((kind) => traced.states(kind, layer).data);
      const sum = before!.map((value, i) => value + attention![i]! + mlp![i]!);
      // Half precision keeps eleven bits.
      expect(difference(sum, after!), `block ${layer}`).toBeLessThan(2e-3);
    }
  });

  it('puts back both parts of a block as it does the stream, where the stream before is undisturbed', async () => {
    // Behind the first block the last token is disturbed by its attention alone.
    const site = (kind: StateSite['kind']): StateSite => ({ kind, layer: 0, position: LAST });
    const [parts, stream, one] = await hidden(
      { noise, restored: [site('attention'), site('mlp')] },
      { noise, restored: [site('stream')] },
      { noise, restored: [site('mlp')] },
    );
    expect(difference(parts!, stream!)).toBeLessThan(5e-3);
    expect(difference(one!, stream!)).toBeGreaterThan(1e-4);
  });

  it('gives a run the same in any company', async () => {
    const runs = LAYERS.flatMap((layer) =>
      SUBJECT.map((position): RestoredRun => ({ noise, restored: [{ kind: 'mlp', layer, position }] })),
    );
    const together = await hidden(...runs);
    const [alone] = await hidden(runs[4]!);
    expect(difference(together[4]!, alone!)).toBeLessThan(5e-3);
    // What the last block does at earlier tokens reaches nothing.
    expect(new Set(together.map((state) => state.join())).size).toBe(runs.length - SUBJECT.length + 1);
  });

  it('shows token embeddings, which know nothing of their places', async () => {
    const embeddings = await lm.tracing!.embeddings([[5, 9, 5], [9]]);
    expect(row(embeddings, 0)).toEqual(row(embeddings, 2));
    expect(row(embeddings, 1)).toEqual(row(embeddings, 3));
    expect(row(embeddings, 0)).not.toEqual(row(embeddings, 1));
  });
});

describe('stateTracing', () => {
  it('refuses what is not there', async () => {
    await using lm = await loadCausalLM(await writeRandomModel(join(root, 'refusing'), tinyGpt2), {
      threads: 1,
    });
    const traced = await lm.tracing!.prepare(tokens);
    const run =
      (one: Partial<RestoredRun>): (() => Promise<unknown>) =>
      () =>
        traced.run([{ noise: [], restored: [], ...one }]);
    const site: StateSite = { kind: 'mlp', layer: 0, position: 0 };
    await expectCode(run({ restored: [{ ...site, position: 6 }] }), 'invalid-input');
    await expectCode(run({ restored: [{ ...site, layer: -1 }] }), 'invalid-input');
    await expectCode(run({ restored: [{ ...site, kind: 'stream', layer: 3 }] }), 'invalid-input');
    await expectCode(run({ noise: [{ position: -1, values: new Float32Array(32) }] }), 'invalid-input');
    await expectCode(run({ noise: [{ position: 0, values: new Float32Array(3) }] }), 'shape-mismatch');
    await expectCode(() => traced.states('attention', 3), 'invalid-input');
    const aborted = AbortSignal.abort();
    await expectCode(() => traced.run([{ noise: [], restored: [] }], { signal: aborted }), 'aborted');
    const view = lm.layers!.withChange({ stream: { layers: [0], additions: () => [] } });
    await expectCode(() => stateTracing(view, 'test'), 'unsupported');
  });

  it('refuses a disposed model', async () => {
    const lm = await loadCausalLM(await writeRandomModel(join(root, 'disposed'), tinyGpt2), { threads: 1 });
    await lm[Symbol.asyncDispose]();
    await expectCode(() => lm.tracing!.prepare(tokens), 'invalid-input');
  });
});
