import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, difference, gpt2, gptj, llama, sequence } from '../../test/decoder-feeds.js';
import { randomWeights } from '../../test/plain-forward.js';
import { float, int, ints } from '../attributes.js';
import { decodeModel } from '../codec/decode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import type { DecoderConfig } from '../decoder/config.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { evaluate } from '../reference/index.js';
import { bodyModel } from './body-model.js';
import { findMlpProjections } from './find-mlp-projections.js';
import { plainDecoder } from './plain-decoder.js';

const fixture = (name: string): OnnxModel =>
  plainDecoder(decodeModel(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url))));

const WIDTH = 4;
const matrix = (builder: GraphBuilder, rows: number, columns: number): string =>
  builder.constant(new Float32Array(rows * columns), [rows, columns], { name: builder.unique('weight') });

/** One block over `input_ids`: attention, then what `mlp` appends; `fed` lies between the two additions. */
function oneBlock(mlp: (builder: GraphBuilder, x: string) => string): OnnxModel {
  const builder = new GraphBuilder();
  const ids = builder.input('input_ids', DataType.INT64, ['b', 's']);
  const table = builder.constant(new Float32Array(6 * WIDTH), [6, WIDTH], { name: 'table' });
  const stream = builder.node('Gather', [table, ids], { outputs: ['embedded'] });
  const scores = builder.node('MatMul', [
    stream,
    builder.node('Transpose', [stream], { attributes: { perm: ints([0, 2, 1]) } }),
  ]);
  const mixed = builder.node('MatMul', [builder.node('Softmax', [scores]), stream]);
  const attended = builder.node('Add', [
    stream,
    builder.node('MatMul', [mixed, matrix(builder, WIDTH, WIDTH)]),
  ]);
  const scale = builder.constant(new Float32Array(WIDTH), [WIDTH], { name: 'scale' });
  const normed = builder.node('LayerNormalization', [attended, scale]);
  const sum = builder.node('Add', [attended, mlp(builder, normed)]);
  builder.node('MatMul', [builder.node('LayerNormalization', [sum, scale]), matrix(builder, WIDTH, 6)], {
    outputs: ['logits'],
  });
  builder.output('logits', DataType.FLOAT, ['b', 's', 6]);
  return builder.build({ opset: 18, domains: { 'com.microsoft': 1 } });
}

describe('findMlpProjections', () => {
  it.each([
    ['GPT-2', gpt2, 'transformer.h.1.mlp.c_proj'],
    ['GPT-J', gptj, 'transformer.h.1.mlp.fc_out'],
    ['LLaMA', llama, 'model.layers.1.mlp.down_proj'],
    ['LLaMA with biases', { ...llama, mlpBias: true }, 'model.layers.1.mlp.down_proj'],
  ] satisfies [string, DecoderConfig, string][])('finds them in a built decoder: %s', (_, config, name) => {
    for (const storage of ['float32', 'float16', 'int8', 'int4'] as const) {
      const model = buildDecoder(config, randomWeights(config), { storage });
      const found = findMlpProjections(model);
      expect(found.map(({ layer }) => layer)).toEqual([0, 1]);
      expect(found[1]).toMatchObject({
        node: `${name}.MatMul`,
        op: storage.startsWith('int') ? 'com.microsoft:MatMulNBits' : 'MatMul',
        keySize: config.intermediateSize,
        hiddenSize: config.hiddenSize,
      });
      if (storage !== 'float16') expect(found[1]!.weight).toContain(name);
    }
  });

  it.each([
    ['GPT-2', gpt2],
    ['LLaMA', llama],
  ] satisfies [string, DecoderConfig][])('names keys whose product is the output: %s', (_, config) => {
    const weights = randomWeights(config);
    const model = buildDecoder(config, weights);
    const [{ key, output }] = findMlpProjections(model) as [ReturnType<typeof findMlpProjections>[0]];
    const ids = [3, 16, 0, 7];
    const shown = evaluate(
      bodyModel(model, { outputs: [key, output] }),
      decoderFeeds(config, { ids: [ids] }),
    );
    const down = weights.get(
      config.family === 'llama' ? 'model.layers.0.mlp.down_proj.weight' : 'transformer.h.0.mlp.c_proj.weight',
    )!;
    const [k, d] = [config.intermediateSize, config.hiddenSize];
    // Conv1D stores [in, out], Linear [out, in].
    const at = (i: number, o: number): number =>
      Number(down.data[config.family === 'llama' ? o * k + i : i * d + o]);
    const keys = sequence(shown[key]!, 0);
    const expected = Array.from({ length: d }, (_, o) =>
      Array.from({ length: k }, (_, i) => at(i, o) * keys[2]![i]!).reduce((sum, term) => sum + term, 0),
    );
    expect(difference([sequence(shown[output]!, 0)[2]!], [expected])).toBeLessThan(1e-6);
  });

  it.each([
    ['qwen2-optimum.onnx', 'MatMul'],
    ['qwen2-torchscript.onnx', 'MatMul'],
    ['qwen2-dynamo.onnx', 'MatMul'],
    ['qwen2-ort-extended.onnx', 'MatMul'],
    ['qwen2-merged.onnx', 'MatMul'],
    ['qwen2-fp16.onnx', 'MatMul'],
    ['qwen2-int8.onnx', 'MatMulInteger'],
    ['qwen2-uint8.onnx', 'MatMulInteger'],
    ['qwen2-merged-quantized.onnx', 'MatMulInteger'],
    ['qwen2-q4.onnx', 'com.microsoft:MatMulNBits'],
    ['qwen2-q4f16.onnx', 'com.microsoft:MatMulNBits'],
    ['qwen2-bnb4.onnx', 'com.microsoft:MatMulBnb4'],
    ['qwen2-genai/model.onnx', 'MatMul'],
    ['qwen2-genai-int4/model.onnx', 'com.microsoft:MatMulNBits'],
  ])('finds them in a real export: %s', (name, op) => {
    const found = findMlpProjections(fixture(name));
    expect(found).toHaveLength(3);
    for (const projection of found) expect(projection).toMatchObject({ op, hiddenSize: 64 });
    expect(new Set(found.map(({ keySize }) => keySize)).size).toBe(1);
    expect(found[0]!.keySize).not.toBe(64);
    if (name !== 'qwen2-dynamo.onnx')
      expect(found.map(({ key, output }) => [key, output])).toEqual(
        [0, 1, 2].map((layer) => [
          expect.stringMatching(`layers.${layer}/mlp/Mul`),
          expect.stringMatching(`layers.${layer}/mlp/down_proj/MatMul`),
        ]),
      );
  });

  it('finds a Gemm on plain rows behind a Reshape, and looks through norms and scales', () => {
    const model = oneBlock((builder, x) => {
      const wide = builder.node('Tanh', [builder.node('MatMul', [x, matrix(builder, WIDTH, 8)])]);
      const rows = builder.node('Reshape', [wide, builder.int64s([-1, 8])], { outputs: ['rows'] });
      const bias = builder.constant(new Float32Array(WIDTH), [WIDTH], { name: 'bias' });
      const product = builder.node('Gemm', [rows, matrix(builder, WIDTH, 8), bias], {
        attributes: { transB: int(1) },
        outputs: ['product'],
      });
      const laid = builder.node('Reshape', [product, builder.int64s([1, -1, WIDTH])]);
      const scale = builder.constant(new Float32Array(WIDTH), [WIDTH], { name: 'post' });
      return builder.node('Mul', [builder.node('LayerNormalization', [laid, scale]), builder.scalar(0.5)]);
    });
    expect(findMlpProjections(model)).toMatchObject([
      { op: 'Gemm', key: 'rows', output: 'product', keySize: 8, hiddenSize: WIDTH },
    ]);
  });

  it.each<[string, (builder: GraphBuilder, x: string) => string, string]>([
    ['several products', (b, x) => b.node('Add', [two(b, x), two(b, x)]), 'got several: "MatMul_'],
    [
      'a product and what goes past it',
      (b, x) => b.node('Mul', [two(b, x), b.node('Tanh', [x])]),
      'beside MatMul',
    ],
    ['an operator of another kind', (b, x) => b.node('Tanh', [x]), 'looked at Tanh "Tanh"'],
    [
      'a scaled product',
      (b, x) => b.node('Gemm', [two(b, x), matrix(b, WIDTH, WIDTH)], { attributes: { alpha: float(2) } }),
      'whose factor is 2',
    ],
    ['a product of activations', (b, x) => b.node('MatMul', [two(b, x), two(b, x)]), 'is not constant'],
  ])('says what a block adds instead: %s', (_, mlp, message) => {
    expect(() => findMlpProjections(oneBlock(mlp))).toThrow('expected block 0 to add a product');
    expect(() => findMlpProjections(oneBlock(mlp))).toThrow(message);
  });
});

/** Two products with a nonlinearity between them. */
function two(builder: GraphBuilder, x: string): string {
  const wide = builder.node('Tanh', [builder.node('MatMul', [x, matrix(builder, WIDTH, 8)])]);
  return builder.node('MatMul', [wide, matrix(builder, 8, WIDTH)]);
}
