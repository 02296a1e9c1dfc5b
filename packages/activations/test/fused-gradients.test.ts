import {
  DataType,
  differentiate,
  encodeModel,
  float,
  GraphBuilder,
  int,
  type AttributeValue,
  type Dimension,
  type OnnxModel,
} from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createGraphSession, type GraphTensor } from '../src/graph-session.js';
import { float32 } from '../src/widen.js';

interface Operand {
  readonly dims: readonly number[];
  readonly type?: DataType;
  /** Random where absent. */
  readonly values?: readonly number[];
  /** Not differentiated by. */
  readonly fixed?: boolean;
}

interface FusedCase {
  readonly title: string;
  readonly op: string;
  readonly domain?: string;
  readonly opset?: number;
  readonly inputs: readonly (Operand | undefined)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Which outputs are read; the first only by default. */
  readonly outputs?: readonly number[];
}

const MICROSOFT = 'com.microsoft';
const real = (...dims: number[]): Operand => ({ dims });
const fixed = (...dims: number[]): Operand => ({ dims, fixed: true });
const ints = (
  dims: readonly number[],
  values: readonly number[],
  type: DataType = DataType.INT32,
): Operand => ({
  dims,
  values,
  type,
});
const bools = (dims: readonly number[], values: readonly number[]): Operand => ({
  dims,
  values,
  type: DataType.BOOL,
});

/** cos or sin of [positions, half] */
const table = (positions: number, half: number, of: (x: number) => number): Operand => ({
  dims: [positions, half],
  values: Array.from({ length: positions * half }, (_, i) => of(Math.floor(i / half) / 3 ** (i % half))),
  fixed: true,
});
const [cos, sin] = [table(8, 4, Math.cos), table(8, 4, Math.sin)];

const causal = { num_heads: int(4), kv_num_heads: int(2) };
const lengths = [ints([2], [2, 2]), ints([1], [3])];
const groups = [real(2, 3, 64), real(2, 3, 32), real(2, 3, 32), fixed(2, 2, 0, 16), fixed(2, 2, 0, 16)];
const wideTables = [table(8, 8, Math.cos), table(8, 8, Math.sin)];

const cases: FusedCase[] = [
  {
    title: 'scale, shift and bias, with the sum',
    op: 'SkipLayerNormalization',
    inputs: [real(2, 3, 8), real(2, 3, 8), real(8), real(8), real(8)],
    attributes: { epsilon: float(1e-5) },
    outputs: [0, 3],
  },
  { title: 'scale only', op: 'SkipLayerNormalization', inputs: [real(2, 3, 8), real(2, 3, 8), real(8)] },
  {
    title: 'scale and bias, with the sum',
    op: 'SkipSimplifiedLayerNormalization',
    inputs: [real(2, 3, 8), real(2, 3, 8), real(8), real(8)],
    attributes: { epsilon: float(1e-6) },
    outputs: [0, 3],
  },
  { title: 'a matrix', op: 'BiasGelu', inputs: [real(2, 3, 8), real(8)] },
  {
    title: 'positions of every token',
    op: 'RotaryEmbedding',
    inputs: [real(2, 2, 3, 8), ints([2, 3], [0, 1, 2, 4, 5, 6], DataType.INT64), cos, sin],
  },
  {
    title: 'an offset, heads side by side, interleaved',
    op: 'RotaryEmbedding',
    inputs: [real(2, 3, 16), ints([1], [2], DataType.INT64), cos, sin],
    attributes: { interleaved: int(1) },
  },
  {
    title: 'a part of each head',
    op: 'RotaryEmbedding',
    inputs: [real(2, 3, 32), ints([2, 3], [0, 1, 2, 4, 5, 6], DataType.INT64), cos, sin],
    attributes: { num_heads: int(2), rotary_embedding_dim: int(8) },
  },
  {
    title: 'by head',
    op: 'RotaryEmbedding',
    domain: '',
    opset: 23,
    inputs: [real(2, 2, 3, 8), cos, sin, ints([2, 3], [0, 1, 2, 4, 5, 6], DataType.INT64)],
  },
  {
    title: 'plain',
    op: 'GroupQueryAttention',
    inputs: [...groups, ...lengths],
    attributes: causal,
  },
  {
    title: 'packed, rotary, scale',
    op: 'GroupQueryAttention',
    inputs: [
      real(2, 3, 128),
      undefined,
      undefined,
      fixed(2, 2, 0, 16),
      fixed(2, 2, 0, 16),
      ...lengths,
      ...wideTables,
    ],
    attributes: { ...causal, do_rotary: int(1), scale: float(0.2) },
  },
  {
    title: 'interleaved rotary, soft cap, window',
    op: 'GroupQueryAttention',
    inputs: [...groups, ...lengths, ...wideTables],
    attributes: {
      ...causal,
      do_rotary: int(1),
      rotary_interleaved: int(1),
      softcap: float(2),
      local_window_size: int(2),
    },
  },
  {
    title: 'one query after a past',
    op: 'GroupQueryAttention',
    inputs: [
      real(2, 1, 64),
      real(2, 1, 32),
      real(2, 1, 32),
      fixed(2, 2, 2, 16),
      fixed(2, 2, 2, 16),
      ...lengths,
      ...wideTables,
    ],
    attributes: { ...causal, do_rotary: int(1) },
  },
  {
    title: 'causal, with a bias',
    op: 'Attention',
    inputs: [real(2, 3, 8), real(8, 24), real(24)],
    attributes: { num_heads: int(2), unidirectional: int(1) },
  },
  {
    title: 'a mask and a past',
    op: 'Attention',
    inputs: [
      real(2, 3, 8),
      real(8, 24),
      real(24),
      ints([2, 5], [1, 1, 1, 1, 1, 1, 1, 1, 1, 0]),
      fixed(2, 2, 2, 2, 4),
    ],
    attributes: { num_heads: int(2), unidirectional: int(1), mask_filter_value: float(-3e38) },
  },
  {
    title: 'both ways',
    op: 'MultiHeadAttention',
    inputs: [real(2, 3, 8), real(2, 4, 8), real(2, 4, 8)],
    attributes: { num_heads: int(2) },
  },
  {
    title: 'causal, biases, a mask, a bias of the scores',
    op: 'MultiHeadAttention',
    inputs: [
      real(2, 3, 8),
      real(2, 3, 8),
      real(2, 3, 8),
      real(24),
      ints([2, 3], [1, 1, 1, 1, 1, 0]),
      real(1, 2, 3, 3),
    ],
    attributes: { num_heads: int(2), unidirectional: int(1), scale: float(0.3) },
  },
  {
    title: 'causal, groups of heads',
    op: 'Attention',
    domain: '',
    opset: 23,
    inputs: [real(2, 3, 32), real(2, 3, 16), real(2, 3, 16)],
    attributes: { is_causal: int(1), q_num_heads: int(4), kv_num_heads: int(2) },
  },
  {
    title: 'by head, with a mask of truth values',
    op: 'Attention',
    domain: '',
    opset: 23,
    inputs: [
      real(2, 2, 3, 8),
      real(2, 2, 3, 8),
      real(2, 2, 3, 8),
      bools([3, 3], [1, 0, 0, 1, 1, 0, 0, 1, 1]),
    ],
    attributes: { scale: float(0.3) },
  },
];

interface Built {
  readonly model: OnnxModel;
  readonly feeds: Readonly<Record<string, Operand & { readonly values: readonly number[] }>>;
  readonly outputs: readonly string[];
}

/** @param free whether the first two axes of differentiated inputs have no known size. */
function build(one: FusedCase, free: boolean): Built {
  const random = createRandom(one.op + one.title);
  const builder = new GraphBuilder();
  const feeds: Record<string, Operand & { readonly values: readonly number[] }> = {};
  const names = one.inputs.map((operand, i) => {
    if (operand === undefined) return undefined;
    const { dims, type = DataType.FLOAT } = operand;
    const values =
      operand.values ?? Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal());
    feeds[`x${i}`] = { ...operand, values };
    const declared: Dimension[] =
      free && dims.length > 2 && operand.fixed !== true
        ? dims.map((dim, axis) => (axis === 0 ? 'batch' : axis === dims.length - 2 ? undefined : dim))
        : [...dims];
    return builder.input(`x${i}`, type, declared);
  });
  const { outputs = [0], domain = MICROSOFT } = one;
  const wanted = Array.from({ length: Math.max(...outputs) + 1 }, (_, i) =>
    outputs.includes(i) ? `y${i}` : '',
  );
  builder.node(one.op, names, {
    domain,
    attributes: one.attributes ?? {},
    outputs: withPresents(one, wanted),
    name: 'fused',
  });
  for (const i of outputs) builder.output(`y${i}`, DataType.FLOAT);
  return {
    model: builder.build({ opset: one.opset ?? 18, irVersion: 10, domains: { [MICROSOFT]: 1 } }),
    feeds,
    outputs: outputs.map((i) => `y${i}`),
  };
}

/** GroupQueryAttention, and Attention with a past, have to have their caches as outputs. */
function withPresents({ op, domain, inputs }: FusedCase, wanted: readonly string[]): string[] {
  if (op === 'GroupQueryAttention') return [...wanted, 'present_key', 'present_value'];
  return op === 'Attention' && domain === undefined && inputs[4] !== undefined
    ? [...wanted, 'present']
    : [...wanted];
}

function tensorOf({ dims, type = DataType.FLOAT, values }: Built['feeds'][string]): GraphTensor {
  if (type === DataType.INT64)
    return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) } as GraphTensor;
  if (type === DataType.INT32) return { type: 'int32', dims, data: Int32Array.from(values) } as GraphTensor;
  if (type === DataType.BOOL) return { type: 'bool', dims, data: Uint8Array.from(values) } as GraphTensor;
  return { type: 'float32', dims, data: Float32Array.from(values) } as GraphTensor;
}

type Runner = (feeds: Record<string, GraphTensor>, fetches: readonly string[]) => Promise<Float32Array[]>;

async function withSession<T>(model: OnnxModel, work: (run: Runner) => Promise<T>): Promise<T> {
  const session = await createGraphSession(encodeModel(model), { threads: 1 });
  try {
    return await work(async (feeds, fetches) => {
      const results = await session.run(feeds, fetches);
      return fetches.map((name) => float32(results[name]!, name));
    });
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

const sum = (values: Float32Array, seed: Float32Array): number =>
  values.reduce((total, value, i) => total + value * seed[i]!, 0);

describe.each(['known sizes', 'free sizes'])('gradients of fused operators, %s', (kind) => {
  it.each(cases.map((one) => [one.op, one.title, one] as const))(
    '%s, %s: agrees with the operator that ONNX Runtime executes',
    async (_, __, one) => {
      const { model, feeds, outputs } = build(one, kind === 'free sizes');
      const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)]));
      const wrt = Object.keys(feeds).filter(
        (name) => (feeds[name]!.type ?? DataType.FLOAT) === DataType.FLOAT && feeds[name]!.fixed !== true,
      );
      const random = createRandom('seed');
      await withSession(model, async (fused) => {
        const values = await fused(tensors, outputs);
        const seeds = values.map((value) => value.map(() => random.normal()));
        const backward = differentiate(model, {
          seeds: Object.fromEntries(outputs.map((name) => [name, `d${name}`])),
          wrt,
        });
        const seedTensors = Object.fromEntries(
          seeds.map((seed, i) => [
            `d${outputs[i]}`,
            { type: 'float32', dims: [...shapeOf(feeds, values[i]!)], data: seed } as GraphTensor,
          ]),
        );
        const gradients = wrt.map((name) => backward.gradients[name]!);
        await withSession(backward.model, async (run) => {
          const found = await run({ ...tensors, ...seedTensors }, [...outputs, ...gradients]);
          values.forEach((value, i) =>
            value.forEach((x, at) => expect(Math.abs(found[i]![at]! - x)).toBeLessThan(2e-5)),
          );
          for (const [i, name] of wrt.entries()) {
            const gradient = found[outputs.length + i]!;
            const size = Math.max(...gradient.map(Math.abs));
            const data = feeds[name]!.values;
            const entries = [...new Set([0, Math.floor(data.length / 3), data.length - 1])];
            for (const entry of entries) {
              const at = async (shift: number): Promise<number> => {
                const moved = { ...feeds[name]!, values: data.with(entry, data[entry]! + shift) };
                const results = await fused({ ...tensors, [name]: tensorOf(moved) }, outputs);
                return results.reduce((total, result, k) => total + sum(result, seeds[k]!), 0);
              };
              const h = 0.02;
              const near = (await at(h)) - (await at(-h));
              const far = (await at(2 * h)) - (await at(-2 * h));
              const expected = (8 * near - far) / (12 * h);
              // float32 sums of size 10 over a step of 0.02 leave 1e-4; the formula's own error is below that.
              expect(Math.abs(gradient[entry]! - expected) / size, `${name}[${entry}]`).toBeLessThan(2e-3);
            }
          }
        });
      });
    },
  );
});

/** Every output has the first input's shape, narrower where that is packed. */
function shapeOf(feeds: Built['feeds'], value: Float32Array): readonly number[] {
  const { dims } = feeds['x0']!;
  const count = dims.reduce((a, b) => a * b, 1);
  return [...dims.slice(0, -1), (dims.at(-1)! * value.length) / count];
}
