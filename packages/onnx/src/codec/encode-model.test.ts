import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tensorInfo, GraphBuilder } from '../graph-builder.js';
import { DataType } from '../ir.js';
import { decodeModel } from './decode-model.js';
import { appendToModel, encodeModel } from './encode-model.js';

describe('encodeModel', () => {
  it('names the path of a value that its field cannot hold', () => {
    const builder = new GraphBuilder();
    builder.input('x', DataType.FLOAT, [2.5]);
    expect(() => encodeModel(builder.build({ opset: 18 }))).toThrow(
      /^encodeModel: .* in graph\.inputs\[0\]\.type\.tensor\.shape\.dim\[0\]\.value$/,
    );
  });
});

describe('appendToModel', () => {
  it('exposes a tensor as a further output for a few bytes, without reading the file', () => {
    const bytes = readFileSync(new URL('../../test/fixtures/qwen2-optimum.onnx', import.meta.url));
    const before = decodeModel(bytes);
    const hidden = before.graph.nodes.at(-1)!.inputs[0]!;
    const longer = appendToModel(bytes, { graph: { outputs: [tensorInfo(hidden, DataType.FLOAT)] } });
    expect(longer.length - bytes.length).toBeLessThan(hidden.length + 20);
    const after = decodeModel(longer);
    expect(after.graph.outputs.map(({ name }) => name)).toEqual([
      ...before.graph.outputs.map(({ name }) => name),
      hidden,
    ]);
    after.graph.outputs.pop();
    // vitest compares bytes one by one, which takes seconds on weights.
    expect(isDeepStrictEqual(after, before)).toBe(true);
  });
});
