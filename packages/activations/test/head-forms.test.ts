import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bodyModel,
  decodeModel,
  encodeModel,
  findDecoder,
  HEAD_INPUT,
  HEAD_OUTPUT,
  headModel,
  plainDecoder,
  type DecoderMap,
  type OnnxModel,
} from '@sakejs/onnx';
import { describe, expect, it } from 'vitest';
import { createGraphSession, type GraphTensor } from '../src/graph-session.js';
import { headForms, modelWithHead, type HeadForm } from './head-forms.js';

/** Rows of logits [n, vocabulary], in order. */
type Rows = number[][];

const ids = [
  [3, 7, 31, 0, 12],
  [5, 5, 2, 39, 8],
];

/** Float32 products of two graphs that ONNX Runtime optimises differently. */
const FLOAT32 = 1e-4;

function values(tensor: GraphTensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  // Half-precision outputs of a whole graph.
  return Float32Array.from(tensor.data as Uint16Array, (bits) => {
    const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25);
    return bits & 0x8000 ? -size : size;
  });
}

/** Runs a decoder on `ids` without a past; what it takes beside the usual is one. */
async function run(
  model: OnnxModel,
  map: DecoderMap,
  fetches: string[],
  folder: string | undefined,
): Promise<Readonly<Record<string, GraphTensor>>> {
  const session = await createGraphSession(encodeModel(model), {
    threads: 1,
    ...(folder !== undefined && { externalDataFolder: folder }),
  });
  try {
    const dims = [ids.length, ids[0]!.length];
    const feeds = session.inputs.map(({ name, dims: declared }): [string, GraphTensor] => {
      if (map.cache.some(({ input }) => input === name)) {
        const shape = [ids.length, 2, 0, typeof declared[3] === 'number' ? declared[3] : 16];
        return [name, session.tensor(new Float32Array(0), shape)];
      }
      if (map.inputs.others.includes(name)) return [name, session.tensor(BigInt64Array.of(1n), [])];
      const cells = ids.flatMap((row) =>
        row.map((id, at) => (name === map.inputs.ids ? id : name === map.inputs.positions ? at : 1)),
      );
      return [name, session.tensor(BigInt64Array.from(cells, BigInt), dims)];
    });
    return await session.run(Object.fromEntries(feeds), fetches);
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

/** The logits of the whole graph, and those of its head over the hidden states of its body. */
async function bothWays(
  model: OnnxModel,
  folder?: string,
): Promise<{ map: DecoderMap; whole: Rows; split: Rows; residuals: GraphTensor[] }> {
  const map = findDecoder(model);
  const { hiddenTensor, hiddenSize, vocabularySize, residuals = [] } = map;
  const { [map.logits]: logits } = await run(model, map, [map.logits], folder);
  const taps = [hiddenTensor, ...residuals];
  const body = await run(bodyModel(model, { outputs: taps, cache: false }), map, taps, folder);
  const head = await createGraphSession(encodeModel(headModel(model, map)), {
    threads: 1,
    ...(folder !== undefined && { externalDataFolder: folder }),
  });
  try {
    expect(head.inputs.map(({ name, type }) => [name, type])).toEqual([[HEAD_INPUT, 'float32']]);
    const hidden = body[hiddenTensor]!.data as Float32Array;
    const rows = hidden.length / hiddenSize;
    expect(rows).toBe(ids.flat().length);
    const result = await head.run({ [HEAD_INPUT]: head.tensor(hidden, [rows, hiddenSize]) });
    expect(result[HEAD_OUTPUT]).toMatchObject({ type: 'float32', dims: [rows, vocabularySize] });
    return {
      map,
      whole: inRows(values(logits!), vocabularySize),
      split: inRows(result[HEAD_OUTPUT]!.data as Float32Array, vocabularySize),
      residuals: residuals.map((name) => body[name]!),
    };
  } finally {
    await head[Symbol.asyncDispose]();
  }
}

function inRows(data: Float32Array, width: number): Rows {
  return Array.from({ length: data.length / width }, (_, i) => [...data.slice(i * width, (i + 1) * width)]);
}

/** Largest difference relative to the largest value. */
function difference(a: Rows, b: Rows): number {
  if (a.length !== b.length || a[0]!.length !== b[0]!.length) return NaN;
  const scale = Math.max(...b.flat().map(Math.abs));
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!)))) / scale;
}

describe('headModel on ONNX Runtime', () => {
  it.each(headForms.map((form): [string, HeadForm] => [form.name, form]))(
    'gives the logits of the whole graph: %s',
    async (_, form) => {
      const { map, whole, split } = await bothWays(decodeModel(encodeModel(modelWithHead(form))));
      expect(map).toMatchObject({ hiddenTensor: 'last_hidden_state', selects: form.rows === 'last' });
      expect(map.head.op).toBe(form.op);
      const last = ids[0]!.length - 1;
      const expected = form.rows === 'last' ? split.filter((__, i) => i % (last + 1) === last) : split;
      expect(difference(expected, whole)).toBeLessThan(form.tolerance ?? FLOAT32);
    },
  );
});

/** A real export, the op of its head, and how far the two ways may differ. */
interface Export {
  readonly file: string;
  readonly op: string;
  readonly tolerance?: number;
  readonly useCache?: boolean;
  /** Where its external data lies, if not beside it. */
  readonly folder?: string;
}

const exports: Export[] = [
  { file: 'qwen2-optimum.onnx', op: 'MatMul' },
  { file: 'qwen2-torchscript.onnx', op: 'MatMul' },
  { file: 'qwen2-dynamo.onnx', op: 'MatMul', folder: './fixtures/qwen2-external' },
  { file: 'qwen2-merged.onnx', op: 'MatMul', useCache: true },
  { file: 'qwen2-merged.onnx', op: 'MatMul', useCache: false },
  { file: 'qwen2-ort-extended.onnx', op: 'MatMul' },
  { file: 'qwen2-genai/model.onnx', op: 'MatMul' },
  { file: 'qwen2-genai-2025-05/model.onnx', op: 'MatMul' },
  // 8-bit accumulation (accuracy_level 4): activations are quantized by row, in both ways alike.
  { file: 'qwen2-genai-int4/model.onnx', op: 'com.microsoft:MatMulNBits' },
  { file: 'qwen2-fp16.onnx', op: 'MatMul', tolerance: 5e-3 },
  { file: 'qwen2-q4f16.onnx', op: 'MatMul', tolerance: 5e-3 },
  { file: 'qwen2-q4.onnx', op: 'MatMul' },
  { file: 'qwen2-bnb4.onnx', op: 'MatMul' },
  { file: 'qwen2-int8.onnx', op: 'MatMul' },
  { file: 'qwen2-uint8.onnx', op: 'MatMul' },
  { file: 'qwen2-merged-quantized.onnx', op: 'MatMulInteger', useCache: true, tolerance: 1e-3 },
  { file: 'qwen2-merged-quantized.onnx', op: 'MatMulInteger', useCache: false, tolerance: 1e-3 },
];

/** An export as a plain graph, and the folder of its external data. */
function readExport({ file, useCache = true, folder }: Omit<Export, 'op'>): {
  model: OnnxModel;
  folder: string;
} {
  const path = fileURLToPath(new URL(`../../onnx/test/fixtures/${file}`, import.meta.url));
  return {
    model: plainDecoder(decodeModel(readFileSync(path)), { useCache }),
    folder: folder === undefined ? dirname(path) : fileURLToPath(new URL(folder, import.meta.url)),
  };
}

describe('a real export on ONNX Runtime', () => {
  it.each(
    exports.map((one): [string, Export] => [
      `${one.file}${one.useCache === undefined ? '' : `, useCache ${one.useCache}`}`,
      one,
    ]),
  )(
    'gives its logits by way of its body and its head: %s',
    async (_, { op, tolerance = FLOAT32, ...one }) => {
      const { model, folder } = readExport(one);
      const { map, whole, split, residuals } = await bothWays(model, folder);
      expect(map).toMatchObject({ hiddenSize: 64, vocabularySize: 320, head: { op } });
      expect(difference(split, whole)).toBeLessThan(tolerance);
      expect(residuals.map(({ type, dims }) => [type, ...dims])).toEqual(
        [0, 1, 2].map(() => ['float32', ids.length, ids[0]!.length, 64]),
      );
    },
  );
});

/** The graphs of one checkpoint in single precision: whatever wrote them, they compute the same. */
const singlePrecision = exports.filter(
  ({ file, tolerance, op }) => op === 'MatMul' && tolerance === undefined && !/q4|bnb4|int8/.test(file),
);

describe('residual streams of exports of one checkpoint', () => {
  it('are the same, fused into norms or not', { timeout: 120_000 }, async () => {
    const [first, ...others] = await Promise.all(
      singlePrecision.map(async (one) => {
        const { model, folder } = readExport(one);
        const map = findDecoder(model);
        const taps = [...map.residuals!, map.hiddenTensor];
        const body = await run(bodyModel(model, { outputs: taps, cache: false }), map, taps, folder);
        return taps.map((name) => inRows(values(body[name]!), map.hiddenSize));
      }),
    );
    expect(others).toHaveLength(7);
    for (const other of others)
      other.forEach((rows, tap) => expect(difference(rows, first![tap]!)).toBeLessThan(FLOAT32));
  });
});
