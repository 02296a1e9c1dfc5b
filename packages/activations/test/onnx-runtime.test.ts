import { readFileSync } from 'node:fs';
import {
  appendToModel,
  bodyModel,
  buildDecoder,
  buildTrainingGraph,
  DataType,
  decodeModel,
  decoderWeights,
  encodeModel,
  findDecoder,
  HEAD_INPUT,
  headModel,
  parseDecoderConfig,
  tensorInfo,
  type DecoderConfig,
  type DecoderWeight,
  type OnnxModel,
} from '@sakejs/onnx';
import { evaluate, refTensor, type RefTensor } from '@sakejs/onnx/reference';
import { createRandom } from '@sakejs/spec';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { tinyGpt2, tinyLlama } from './random-model.js';

type Feeds = Record<string, RefTensor>;

/** float32 against float64 over three blocks. */
const FLOAT32 = 2e-5;

const families: [string, DecoderConfig][] = [
  ['GPT-2', parseDecoderConfig(tinyGpt2)],
  ['LLaMA', parseDecoderConfig(tinyLlama)],
];

function randomWeights(config: DecoderConfig): Map<string, DecoderWeight> {
  const random = createRandom('weights');
  return new Map(
    decoderWeights(config).map(({ name, shape, role }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const data = Float32Array.from(
        { length: count },
        () => Number(role === 'scale') + 0.2 * random.normal(),
      );
      return [name, { shape, data }];
    }),
  );
}

/** Runs a file or a model on ONNX Runtime; integers as int64, all else as float32. */
async function run(
  model: OnnxModel | Uint8Array,
  feeds: Feeds,
): Promise<Record<string, { dims: readonly number[]; data: number[] }>> {
  const bytes = model instanceof Uint8Array ? model : encodeModel(model);
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  try {
    const inputs = session.inputNames.map((name): [string, ort.Tensor] => {
      const { dtype, dims, data } = feeds[name]!;
      return dtype === DataType.INT64
        ? [name, new ort.Tensor('int64', BigInt64Array.from(data, BigInt), [...dims])]
        : [name, new ort.Tensor('float32', Float32Array.from(data), [...dims])];
    });
    const outputs = await session.run(Object.fromEntries(inputs));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        { dims: tensor.dims, data: Array.from(tensor.data as Float32Array) },
      ]),
    );
  } finally {
    await session.release();
  }
}

/** Feeds for `ids` [batch, length], all tokens real by default, with a past of random values. */
function feedsOf(
  ids: number[][],
  cache: { layers: number; kvHeads: number; headDim: number },
  options: { past?: number; mask?: number[][]; positions?: number[][] } = {},
): Feeds {
  const [batch, length, past] = [ids.length, ids[0]!.length, options.past ?? 0];
  const random = createRandom('past');
  const mask = options.mask ?? ids.map(() => new Array<number>(past + length).fill(1));
  const positions = options.positions ?? ids.map((row) => row.map((_, i) => past + i));
  const int64 = (dims: number[], values: number[]): RefTensor => refTensor(DataType.INT64, dims, values);
  const feeds: Feeds = {
    input_ids: int64([batch, length], ids.flat()),
    attention_mask: int64([batch, past + length], mask.flat()),
    position_ids: int64([batch, length], positions.flat()),
  };
  const dims = [batch, cache.kvHeads, past, cache.headDim];
  const count = dims.reduce((product, size) => product * size, 1);
  for (let layer = 0; layer < cache.layers; layer++)
    for (const part of ['key', 'value'])
      feeds[`past_key_values.${layer}.${part}`] = refTensor(
        DataType.FLOAT,
        dims,
        Float32Array.from({ length: count }, () => random.normal()),
      );
  return feeds;
}

/** Largest difference relative to the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  const [values, expected] = [Array.from(a), Array.from(b)];
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...values.map((value, i) => Math.abs(value - expected[i]!))) / scale;
}

const ids = [[5, 9, 13, 2, 40]];

describe('buildDecoder on ONNX Runtime', () => {
  it.each(families)('agrees with the float64 evaluator, with and without a past: %s', async (_, config) => {
    const weights = randomWeights(config);
    for (const options of [{}, { norm: 'fused' }, { storage: 'float16' }] as const) {
      const model = buildDecoder(config, weights, { ...options, extraOutputs: ['resid_post.1'] });
      for (const past of [0, 3]) {
        const feeds = feedsOf(ids, config, { past });
        const [actual, expected] = [await run(model, feeds), evaluate(model, feeds)];
        for (const name of ['logits', 'resid_post.1', 'present.2.key', 'present.2.value']) {
          expect(actual[name]!.dims).toEqual(expected[name]!.dims);
          expect(difference(actual[name]!.data, expected[name]!.data)).toBeLessThan(FLOAT32);
        }
      }
    }
  });

  it.each(families)('gives the same logits with padding on either side: %s', async (_, config) => {
    const model = buildDecoder(config, randomWeights(config));
    const alone = (await run(model, feedsOf(ids, config)))['logits']!.data;
    const row = ids[0]!;
    const padded = await run(
      model,
      feedsOf(
        [
          [1, 1, ...row],
          [...row, 3, 3],
        ],
        config,
        {
          mask: [
            [0, 0, 1, 1, 1, 1, 1],
            [1, 1, 1, 1, 1, 0, 0],
          ],
          positions: [
            [0, 0, 0, 1, 2, 3, 4],
            [0, 1, 2, 3, 4, 0, 0],
          ],
        },
      ),
    );
    const { dims, data } = padded['logits']!;
    const width = dims[2]!;
    expect(difference(data.slice(2 * width, 7 * width), alone)).toBeLessThan(FLOAT32);
    expect(difference(data.slice(7 * width, 12 * width), alone)).toBeLessThan(FLOAT32);
    expect(data.every(Number.isFinite)).toBe(true);
  });
});

describe('buildTrainingGraph on ONNX Runtime', () => {
  it.each(families)('agrees with the float64 evaluator: %s', async (_, config) => {
    for (const fused of [true, false]) {
      const model = buildTrainingGraph(config, { batch: 2, length: 6, fused });
      const random = createRandom('feeds');
      const feeds = Object.fromEntries(
        model.graph.inputs.map(({ name, type }): [string, RefTensor] => {
          const dims = type!.tensor!.shape!.map(({ value }) => value!);
          const count = dims.reduce((product, size) => product * size, 1);
          const values = Float32Array.from({ length: count }, () => random.normal() / 4);
          return [name, refTensor(DataType.FLOAT, dims, values)];
        }),
      );
      const [actual, expected] = [await run(model, feeds), evaluate(model, feeds)];
      const hidden = 'last_hidden_state';
      expect(difference(actual[hidden]!.data, expected[hidden]!.data)).toBeLessThan(FLOAT32);
    }
  });
});

/** The checkpoint of the exported fixtures: three layers, two heads of keys of width 16. */
const qwen2 = { layers: 3, kvHeads: 2, headDim: 16 };
const exported = (name: string): Uint8Array =>
  readFileSync(new URL(`../../onnx/test/fixtures/${name}`, import.meta.url));

describe.each(['qwen2-optimum.onnx', 'qwen2-torchscript.onnx'])('%s on ONNX Runtime', (name) => {
  const feeds = feedsOf(ids, qwen2, { past: 2 });

  it('gives bitwise the same after decodeModel and encodeModel', async () => {
    const bytes = exported(name);
    expect(await run(encodeModel(decodeModel(bytes)), feeds)).toEqual(await run(bytes, feeds));
  });

  it('gives a further output after appendToModel', async () => {
    const bytes = exported(name);
    const { hiddenTensor } = findDecoder(decodeModel(bytes));
    const longer = appendToModel(bytes, { graph: { outputs: [tensorInfo(hiddenTensor, DataType.FLOAT)] } });
    const outputs = await run(longer, feeds);
    expect(outputs[hiddenTensor]!.dims).toEqual([1, 5, 64]);
    expect(outputs['logits']).toEqual((await run(bytes, feeds))['logits']);
  });

  it('gives the logits and the cache by way of bodyModel and headModel', async () => {
    const model = decodeModel(exported(name));
    const { hiddenTensor, residuals } = findDecoder(model);
    const whole = await run(model, feeds);
    const body = await run(bodyModel(model, { outputs: [hiddenTensor, ...residuals!] }), feeds);
    expect(residuals!.map((residual) => body[residual]!.dims)).toEqual(residuals!.map(() => [1, 5, 64]));
    expect(difference(body['present.2.value']!.data, whole['present.2.value']!.data)).toBeLessThan(FLOAT32);
    const hidden = refTensor(DataType.FLOAT, [5, 64], body[hiddenTensor]!.data);
    const { logits } = await run(headModel(model), { [HEAD_INPUT]: hidden });
    expect(logits!.dims).toEqual([5, 320]);
    expect(difference(logits!.data, whole['logits']!.data)).toBeLessThan(FLOAT32);
  });
});
