import {
  createRandom,
  matrix,
  row,
  type CausalLM,
  type LossSequence,
  type Matrix,
  type ModelGradients,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportedBelow, pytorchBelow, qwen2, tinyGptJ } from '../test/other-exports.js';
import { tinyGpt2, tinyLlama, writeRandomModel } from '../test/random-model.js';
import { removeCache } from '../test/without-cache.js';
import { loadCausalLM } from './load-causal-lm.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-gradients-'));
});
afterAll(() => rm(root, { recursive: true }));

const exported = (file: string): Promise<string> => exportedBelow(root, file);

const models: [string, () => Promise<string>][] = [
  ['a GPT-J', () => writeRandomModel(join(root, 'gptj'), tinyGptJ)],
  ['a GPT-2', () => writeRandomModel(join(root, 'gpt2'), tinyGpt2)],
  [
    'a LLaMA stored in float16',
    () => writeRandomModel(join(root, 'llama'), tinyLlama, { storage: 'float16' }),
  ],
  [
    'a LLaMA without a cache',
    async () => {
      const folder = await writeRandomModel(join(root, 'no-cache'), tinyLlama);
      await removeCache(join(folder, 'onnx', 'model.onnx'));
      return folder;
    },
  ],
  ["optimum's Qwen2", async () => qwen2],
  ["TorchScript's GPT-2", () => pytorchBelow(root, 'gpt2')],
  ["TorchScript's LLaMA", () => pytorchBelow(root, 'llama')],
  ["TorchScript's Qwen2", () => exported('qwen2-torchscript.onnx')],
  ['a Qwen2 fused by ONNX Runtime', () => exported('qwen2-ort-extended.onnx')],
  ["onnxruntime-genai's Qwen2", () => exported('qwen2-genai')],
  ['a merged Qwen2', () => exported('qwen2-merged.onnx')],
];

const sequences: LossSequence[] = [
  {
    tokens: [5, 9, 60, 7, 31],
    sites: [2],
    terms: [
      { kind: 'target', position: 3, token: 31, weight: 0.5 },
      { kind: 'target', position: 4, token: 12, weight: 1 },
    ],
  },
  { tokens: [8, 4], sites: [1], terms: [{ kind: 'divergence', position: 1, weight: 2, from: 'changed' }] },
  {
    tokens: [250, 35, 90, 11],
    sites: [0, 2],
    terms: [
      { kind: 'divergence', position: 2, weight: 1.5, from: 'plain' },
      { kind: 'target', position: 2, token: 3, weight: -0.25 },
      { kind: 'target', position: 0, token: 7, weight: 1 },
    ],
  },
];
const SITES = 4;

const logProbabilities = (logits: Float32Array): number[] => {
  const most = Math.max(...logits);
  const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most;
  return Array.from(logits, (value) => value - total);
};

describe.each(models)('gradients of %s', (_, folder) => {
  let lm: CausalLM;
  let gradients: ModelGradients;
  let d: number;

  beforeAll(async () => {
    lm = await loadCausalLM(await folder(), { threads: 1, batchTokens: 10 });
    gradients = lm.gradients!;
    d = lm.info.hiddenSize;
  });
  afterAll(() => lm[Symbol.asyncDispose]());

  const added = (scale: number): Float32Array => {
    const random = createRandom('additions');
    return Float32Array.from({ length: SITES * d }, () => scale * random.normal());
  };

  it('gives the plain losses, and no divergence, where nothing is added', async () => {
    const loss = await gradients.streamLoss(sequences, { layer: 0 });
    const { terms, loss: total } = await loss.evaluate(matrix(SITES, d, added(0)));
    const places = sequences.flatMap(({ tokens, terms: own }) => own.map((term) => ({ tokens, term })));
    const logits = await lm.project(
      await lm.capture(places.map(({ tokens, term }) => tokens.slice(0, term.position + 1))),
    );
    places.forEach(({ term }, i) => {
      const expected = term.kind === 'target' ? -logProbabilities(row(logits, i))[term.token]! : 0;
      expect(Math.abs(terms[i]! - expected), `term ${i}`).toBeLessThan(2e-5);
    });
    const weighted = places.reduce((sum, { term }, i) => sum + term.weight * terms[i]!, 0);
    expect(total).toBeCloseTo(weighted, 10);
  });

  /** Terms of a model, and of another one beside which divergences are. */
  async function termsOf(changed: CausalLM, plain: CausalLM): Promise<number[]> {
    const places = sequences.flatMap(({ tokens, terms }) =>
      terms.map((term) => ({ term, prompt: tokens.slice(0, term.position + 1) })),
    );
    const logits = async (model: CausalLM): Promise<Matrix<Float32Array>> =>
      model.project(await model.capture(places.map(({ prompt }) => prompt)));
    const [ours, others] = [await logits(changed), await logits(plain)];
    const divergence = (a: number[], b: number[]): number =>
      a.reduce((sum, log, i) => sum + Math.exp(log) * (log - b[i]!), 0);
    return places.map(({ term }, i) => {
      const [p, q] = [logProbabilities(row(ours, i)), logProbabilities(row(others, i))];
      if (term.kind === 'target') return -p[term.token]!;
      return term.from === 'changed' ? divergence(p, q) : divergence(q, p);
    });
  }

  const expectTerms = (found: Float64Array, expected: readonly number[]): void =>
    expected.forEach((value, i) => expect(Math.abs(found[i]! - value), `term ${i}`).toBeLessThan(5e-5));

  it.each([0, 1, 2])('gives the losses of the model with vectors added behind block %i', async (layer) => {
    const loss = await gradients.streamLoss(sequences, { layer });
    const additions = added(0.5);
    const { terms } = await loss.evaluate(matrix(SITES, d, additions));
    const hooked = lm.layers!.withChange({
      stream: {
        layers: [layer],
        additions: (tokens) => {
          const at = sequences.findIndex((sequence) => sequence.tokens[0] === tokens[0]);
          const before = sequences.slice(0, at).reduce((sum, { sites }) => sum + sites.length, 0);
          return sequences[at]!.sites.flatMap((position, i) =>
            position < tokens.length
              ? [{ layer, position, values: additions.slice((before + i) * d, (before + i + 1) * d) }]
              : [],
          );
        },
      },
    });
    expectTerms(terms, await termsOf(hooked, lm));
  });

  it('gives the losses and the gradient of a change of an MLP weight', async () => {
    const layer = 1;
    const everywhere = sequences.map((sequence) => ({ ...sequence, sites: [...sequence.tokens.keys()] }));
    const loss = await gradients.streamLoss(everywhere, { layer });
    const prompts = sequences.map(({ tokens }) => tokens);
    const keys = (await lm.layers!.captureKeys(prompts, { layers: [layer], positions: 'all' })).get(layer)!;
    const random = createRandom('weight');
    const change = Float32Array.from({ length: keys.cols * d }, () => 0.1 * random.normal()); // [keySize, d]
    const through = (delta: Float32Array): Matrix<Float32Array> => {
      const sum = new Float32Array(loss.sites * d);
      for (let site = 0; site < loss.sites; site++)
        row(keys, site).forEach((k, i) => {
          for (let j = 0; j < d; j++) sum[site * d + j]! += k * delta[i * d + j]!;
        });
      return matrix(loss.sites, d, sum);
    };
    const { terms, gradient } = await loss.evaluate(through(change));
    const changed = lm.layers!.withChange({ weights: [{ layer, dense: matrix(keys.cols, d, change) }] });
    expectTerms(terms, await termsOf(changed, lm));
    // Σ kᵢᵀ gᵢ along a direction, against differences.
    const direction = Float32Array.from(change, () => 0.1 * random.normal());
    const slope = through(direction).data.reduce((sum, x, i) => sum + x * gradient.data[i]!, 0);
    const at = async (shift: number): Promise<number> =>
      (await loss.evaluate(through(change.map((x, i) => x + shift * direction[i]!)))).loss;
    const h = 0.02;
    const near = (await at(h)) - (await at(-h));
    const far = (await at(2 * h)) - (await at(-2 * h));
    expect(Math.abs(slope - (8 * near - far) / (12 * h))).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
  });

  it('goes on from a model with a change, of the blocks up to its own', async () => {
    const random = createRandom('rank one');
    const size = lm.layers!.keySize(0);
    const factors = { u: matrix(d, 1, new Float32Array(d)), v: matrix(1, size, new Float32Array(size)) };
    for (const { data } of [factors.u, factors.v]) data.forEach((_, i) => (data[i] = 0.3 * random.normal()));
    const view = lm.layers!.withChange({ weights: [{ layer: 0, ...factors }] });
    const loss = await view.gradients!.streamLoss(sequences, { layer: 1 });
    const { terms } = await loss.evaluate(matrix(SITES, d, added(0)));
    expectTerms(terms, await termsOf(view, view));
    const upper = lm.layers!.withChange({ weights: [{ layer: 1, ...factors }] });
    await expectCode(() => upper.gradients!.streamLoss(sequences, { layer: 0 }), 'unsupported');
    await expectCode(() => view.gradients!.mlpOutputs([[1]], { layer: 0 }), 'unsupported');
  });

  it('gives the plain stream at the sites', async () => {
    const loss = await gradients.streamLoss(sequences, { layer: 1 });
    const places = sequences.flatMap(({ tokens, sites }) => sites.map((site) => ({ tokens, site })));
    const expected = await lm.capture(
      places.map(({ tokens }) => tokens),
      { layer: 1, positions: places.map(({ site }) => site) },
    );
    expect(loss.sites).toBe(SITES);
    loss.stream.data.forEach((value, i) => expect(Math.abs(value - expected.data[i]!)).toBeLessThan(1e-5));
  });

  it.each([0, 1, 2])('gives gradients that agree with differences, behind block %i', async (layer) => {
    const loss = await gradients.streamLoss(sequences, { layer });
    const at = added(0.3);
    const value = async (data: Float32Array): Promise<number> =>
      (await loss.evaluate(matrix(SITES, d, data))).loss;
    const { gradient } = await loss.evaluate(matrix(SITES, d, at));
    expect(gradient).toMatchObject({ rows: SITES, cols: d });
    // Along one direction a site; rounding of float32 losses over a step of 0.02 leaves about 1e-4.
    for (let site = 0; site < SITES; site++) {
      const random = createRandom(`direction ${site}`);
      const direction = Array.from({ length: d }, () => random.normal());
      const moved = (shift: number): Float32Array =>
        at.map((x, i) => (Math.floor(i / d) === site ? x + shift * direction[i % d]! : x));
      const h = 0.01;
      const near = (await value(moved(h))) - (await value(moved(-h)));
      const far = (await value(moved(2 * h))) - (await value(moved(-2 * h)));
      const expected = (8 * near - far) / (12 * h);
      const found = direction.reduce((sum, x, i) => sum + x * gradient.data[site * d + i]!, 0);
      const size = Math.hypot(...gradient.data.subarray(site * d, (site + 1) * d)) * Math.hypot(...direction);
      expect(Math.abs(found - expected), `site ${site}: ${found} against ${expected}`).toBeLessThan(
        2e-3 * Math.max(size, 0.1),
      );
    }
  });

  it('gives the same value and gradient on every call, in batches or alone', async () => {
    const loss = await gradients.streamLoss(sequences, { layer: 0 });
    const at = matrix(SITES, d, added(0.3));
    const [one, two] = [await loss.evaluate(at), await loss.evaluate(at)];
    expect(two).toEqual(one);
    const alone = await gradients.streamLoss([sequences[2]!], { layer: 0 });
    const rest = matrix(2, d, at.data.slice(2 * d));
    const { gradient, terms } = await alone.evaluate(rest);
    terms.forEach((term, i) => expect(Math.abs(term - one.terms[3 + i]!)).toBeLessThan(2e-5));
    const size = Math.max(...gradient.data.map(Math.abs));
    gradient.data.forEach((g, i) =>
      expect(Math.abs(g - one.gradient.data[2 * d + i]!) / size).toBeLessThan(1e-4),
    );
  });

  it('gives what an MLP adds at chosen positions', async () => {
    const prompts = [[5, 9, 60, 7, 31], [8, 4], [250]];
    const last = await gradients.mlpOutputs(prompts, { layer: 1 });
    const some = await gradients.mlpOutputs(prompts, { layer: 1, positions: [2, -2, 0] });
    const alone = await gradients.mlpOutputs([[5, 9, 60], [8], [250]], { layer: 1 });
    some.data.forEach((value, i) => expect(Math.abs(value - alone.data[i]!)).toBeLessThan(2e-5));
    row(some, 2).forEach((value, i) => expect(Math.abs(value - row(last, 2)[i]!)).toBeLessThan(2e-5));
    expect(last.data.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });

  it('refuses what is not of a sequence or a model', async () => {
    const [first] = sequences as [LossSequence];
    const prepare = (change: Partial<LossSequence>, layer = 0): Promise<unknown> =>
      gradients.streamLoss([{ ...first, ...change }], { layer });
    await expectCode(() => prepare({ sites: [5] }), 'invalid-input');
    await expectCode(() => prepare({ sites: [1, 1] }), 'invalid-input');
    await expectCode(() => prepare({ terms: [] }), 'invalid-input');
    await expectCode(
      () => prepare({ terms: [{ kind: 'target', position: 9, token: 1, weight: 1 }] }),
      'invalid-input',
    );
    await expectCode(
      () => prepare({ terms: [{ kind: 'target', position: 1, token: 1e6, weight: 1 }] }),
      'invalid-input',
    );
    await expectCode(() => prepare({ tokens: [] }), 'invalid-input');
    await expectCode(() => prepare({}, 3), 'invalid-input');
    await expectCode(() => gradients.mlpOutputs([[1]], { layer: 3 }), 'invalid-input');
    await expectCode(() => gradients.mlpOutputs([[1]], { layer: 0, positions: [1] }), 'invalid-input');
    await expectCode(() => gradients.mlpOutputs([[1]], { layer: 0, positions: [0, 0] }), 'shape-mismatch');
    const loss = await gradients.streamLoss([first], { layer: 0 });
    await expectCode(() => loss.evaluate(matrix(2, d, new Float32Array(2 * d))), 'shape-mismatch');
  });
});

describe('gradients of a quantized model', () => {
  it('are refused by the operator that has none, while MLP outputs are there', async () => {
    const lm = await loadCausalLM(await exported('qwen2-int8.onnx'));
    try {
      await expect(lm.gradients!.streamLoss(sequences, { layer: 0 })).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('MatMulInteger') as string,
      });
      expect((await lm.gradients!.mlpOutputs([[5, 9]], { layer: 0 })).rows).toBe(1);
    } finally {
      await lm[Symbol.asyncDispose]();
    }
  });
});
