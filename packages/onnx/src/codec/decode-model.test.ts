import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { createRandom, isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { float, floats, int, ints, subgraph, tensor, text } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { decodeModel } from './decode-model.js';
import { encodeModel } from './encode-model.js';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));

/** A model that uses every kind of field. */
function everything(): OnnxModel {
  const inner = new GraphBuilder('branch');
  inner.output(inner.node('Identity', [inner.scalar(1)]), DataType.FLOAT, []);
  const builder = new GraphBuilder('main');
  const x = builder.input('x', DataType.FLOAT, ['batch', undefined, 3]);
  builder.graph.inputs.push({ name: 'untyped' }, { name: 'rankless', type: { tensor: { elemType: 1 } } });
  const node = builder.node('Any', [x, undefined], {
    attributes: {
      int: int(-5),
      zero: int(0),
      largest: int(2 ** 63),
      ints: ints([1, -(2 ** 53)]),
      float: float(0.1),
      floats: floats([NaN, Infinity, -0]),
      text: text('é'),
      tensor: tensor(makeTensor('t', [1], Float32Array.of(1))),
      graph: subgraph(inner.graph),
    },
    domain: 'org.example',
  });
  builder.graph.nodes[0]!.attributes.push({
    name: 'strings',
    type: 8,
    strings: [Uint8Array.of(255), new Uint8Array()],
  });
  builder.initializer({ name: 'f', dims: [2], dataType: 1, floatData: [1.5, -1] });
  builder.initializer({ name: 'i', dims: [2], dataType: 6, int32Data: [-1, 7] });
  builder.initializer({ name: 'l', dims: [2], dataType: 7, int64Data: [-(2n ** 63n), 2n ** 63n - 1n] });
  builder.initializer({ name: 'u', dims: [1], dataType: 13, uint64Data: [2n ** 64n - 1n] });
  builder.initializer({ name: 'd', dims: [1], dataType: 11, doubleData: [Math.PI] });
  builder.initializer({ name: 's', dims: [1], dataType: 8, stringData: [Uint8Array.of(1)] });
  builder.initializer({
    name: 'e',
    dims: [4],
    dataType: 1,
    dataLocation: 1,
    externalData: [{ key: 'location', value: 'weights.bin' }],
  });
  builder.output(node, DataType.FLOAT, []);
  const model = builder.build({ opset: 18, domains: { 'org.example': 1 }, metadata: { empty: '' } });
  model.unknown = [
    { no: 20, wireType: 2, data: Uint8Array.of(2, 8, 1) },
    { no: 99, wireType: 0, data: Uint8Array.of(0x96, 1) },
  ];
  return model;
}

function problemOf(bytes: Uint8Array): { code: string; message: string } | undefined {
  try {
    decodeModel(bytes);
    return undefined;
  } catch (error) {
    if (isSakeError(error)) return error;
    throw error;
  }
}

describe('decodeModel', () => {
  it('reads back every kind of field that encodeModel writes', () => {
    const model = everything();
    const bytes = encodeModel(model);
    expect(decodeModel(bytes)).toEqual(model);
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
  });

  it.each(['qwen2-optimum.onnx', 'qwen2-torchscript.onnx', 'qwen2-dynamo.onnx'])(
    'reads %s and loses nothing in a round trip',
    (name) => {
      const model = decodeModel(fixture(name));
      expect(model.graph.outputs[0]!.name).toBe('logits');
      expect(model.graph.nodes.length).toBeGreaterThan(100);
      // vitest compares bytes one by one, which takes seconds on weights.
      expect(isDeepStrictEqual(decodeModel(encodeModel(model)), model)).toBe(true);
    },
  );

  it('gives weights as views on the file', () => {
    const bytes = fixture('qwen2-optimum.onnx');
    const raw = decodeModel(bytes).graph.initializers[0]!.rawData!;
    expect(raw.buffer).toBe(bytes.buffer);
    expect(raw.constructor).toBe(Uint8Array);
  });

  it('reads lists of numbers both packed and one by one', () => {
    const one = [0x08, 2, 0x10, 1, 0x25, 0, 0, 0x80, 0x3f, 0x25, 0, 0, 0, 0x40]; // dims, data_type, float_data twice
    const run = [0x0a, 1, 2, 0x10, 1, 0x22, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40];
    for (const tensorBytes of [one, run]) {
      const graph = [0x2a, tensorBytes.length, ...tensorBytes];
      const bytes = Uint8Array.of(0x3a, graph.length, ...graph, 0x42, 2, 0x10, 18);
      expect(decodeModel(bytes).graph.initializers).toEqual([
        { name: '', dims: [2], dataType: 1, floatData: [1, 2] },
      ]);
    }
  });

  it('names the path of what it cannot read', () => {
    const attribute = [0x0a, 1, 0x61, 0x40, 0x80, 0x80]; // name 'a', ints: a number that never ends
    const node = [0x22, 3, 0x41, 0x64, 0x64, 0x2a, attribute.length, ...attribute];
    const graph = [0x0a, 0, 0x0a, node.length, ...node];
    const error = problemOf(Uint8Array.of(0x3a, graph.length, ...graph));
    expect(error).toMatchObject({
      code: 'invalid-file',
      details: { path: 'graph.nodes[1].attributes[0].ints[0]' },
    });
    expect(error!.message).toContain('in graph.nodes[1].attributes[0].ints[0]; the file is damaged');
  });

  it('refuses an integer that no double holds', () => {
    const model = everything();
    model.modelVersion = 2 ** 53;
    const bytes = encodeModel(model);
    const at = bytes.findIndex((_, i) => bytes[i] === 0x28 && bytes[i + 8] === 0x10);
    bytes[at + 1] = 0x81; // 2^53 + 1
    expect(problemOf(bytes)!.message).toContain(
      'expected an integer that a double holds exactly, got 9007199254740993',
    );
  });

  it('answers truncated and damaged bytes with invalid-file, never another error', () => {
    const bytes = encodeModel(everything());
    for (let length = 0; length < bytes.length; length++) {
      const error = problemOf(bytes.subarray(0, length));
      if (error) expect(error.code).toBe('invalid-file');
    }
    const random = createRandom(1);
    for (let round = 0; round < 2000; round++) {
      const damaged = bytes.slice();
      for (let flips = 0; flips < 3; flips++) damaged[random.integer(bytes.length)] = random.integer(256);
      const error = problemOf(damaged);
      if (error) expect(error.code).toBe('invalid-file');
    }
  });

  it('refuses graphs nested without end', () => {
    let graph = [0x12, 1, 0x67]; // name 'g'
    const lengthDelimited = (tag: number, content: number[]): number[] => {
      const size = [];
      for (let rest = content.length; ; rest >>>= 7) {
        size.push(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
      }
      return [tag, ...size, ...content];
    };
    for (let depth = 0; depth < 60; depth++)
      graph = lengthDelimited(0x0a, lengthDelimited(0x2a, lengthDelimited(0x32, graph)));
    expect(problemOf(Uint8Array.from(lengthDelimited(0x3a, graph)))!.message).toContain('at most 100 nested');
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('<!DOCTYPE html><html>')],
    ['a zip file', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0)],
  ])('refuses %s', (_, bytes) => {
    expect(problemOf(bytes)).toMatchObject({ code: 'invalid-file' });
  });
});
