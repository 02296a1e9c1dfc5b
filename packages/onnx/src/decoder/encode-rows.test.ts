import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { gpt2, llama } from '../../test/decoder-feeds.js';
import type { OnnxTensor } from '../ir.js';
import { byteLength, elementCount } from '../tensors/element-types.js';
import { readNumbers } from '../tensors/read-tensor.js';
import type { DecoderConfig } from './config.js';
import { encodeRows, rowMultiple } from './encode-rows.js';
import { planDecoder, type DecoderOptions } from './plan-decoder.js';
import type { PlannedWeight } from './planned-weight.js';

function valuesOf({ shape }: PlannedWeight): Float32Array {
  const random = createRandom('encode rows');
  return Float32Array.from({ length: elementCount(shape) }, () => random.normal());
}

/** The weight's tensors after its rows came in pieces of `step`. */
function encoded(weight: PlannedWeight, values: Float32Array, step: number): Uint8Array[] {
  const targets = weight.tensors.map(
    ({ dataType, dims }) => new Uint8Array(byteLength(dataType, elementCount(dims))),
  );
  const rows = weight.shape[0]!;
  const length = values.length / rows;
  for (let from = 0; from < rows; from += step)
    for (const { tensor, offset, width, stride, bytes } of encodeRows(
      weight,
      from,
      values.subarray(from * length, (from + step) * length),
    ))
      for (let at = 0, to = offset; at < bytes.length; at += width, to += stride)
        targets[tensor]!.set(bytes.subarray(at, at + width), to);
  return targets;
}

// Rows along the inputs number more than two blocks in GPT-2, and are no multiple of one.
const wide: DecoderConfig = { ...gpt2, hiddenSize: 72, headDim: 24, intermediateSize: 40 };
const cases: [string, DecoderConfig, DecoderOptions][] = [
  ['GPT-2', wide, { storage: 'float32' }],
  ['LLaMA', llama, { storage: 'float32' }],
  ['LLaMA in half precision', llama, { storage: 'float16' }],
  ['GPT-2 in 4 bits', wide, { storage: 'int4' }],
  ['GPT-2 in 8 bits', wide, { storage: 'int8' }],
  ['LLaMA in 4 bits, head too', llama, { storage: 'int4', quantizeHead: true }],
];

describe('encodeRows', () => {
  it.each(cases)('gives the same bytes in pieces as at once: %s', (_, config, options) => {
    for (const weight of planDecoder({ ...config, layers: 1 }, options).weights) {
      const values = valuesOf(weight);
      const whole = encoded(weight, values, weight.shape[0]!);
      expect(encoded(weight, values, rowMultiple(weight))).toEqual(whole);
      expect(encoded(weight, values, 2 * rowMultiple(weight))).toEqual(whole);
    }
  });

  it('turns matrices that the graph has the other way round', () => {
    const { weights } = planDecoder(llama);
    const weight = weights.find(({ name }) => name.endsWith('0.mlp.up_proj.weight'))!;
    const values = valuesOf(weight);
    const tensor: OnnxTensor = { ...weight.tensors[0]!, rawData: encoded(weight, values, 3)[0]! };
    expect([weight.shape, tensor.dims]).toEqual([
      [20, 12],
      [12, 20],
    ]);
    const numbers = readNumbers(tensor);
    expect([numbers[0], numbers[1], numbers[20]]).toEqual([values[0], values[12], values[1]]);
  });
});

describe('planDecoder', () => {
  it('gives the graph without data, and every initializer of a weight once', () => {
    const { model, weights } = planDecoder(llama, { storage: 'int4', quantizeHead: true });
    const planned = weights.flatMap(({ tensors }) => tensors);
    expect(new Set(planned).size).toBe(planned.length);
    const waiting = model.graph.initializers.filter(({ rawData }) => rawData === undefined);
    expect(new Set(waiting)).toEqual(new Set(planned));
    expect(model.opsetImports).toContainEqual({ domain: 'com.microsoft', version: 1 });
    expect(model.graph.nodes.filter(({ opType }) => opType === 'MatMulNBits')).toHaveLength(15);
  });

  it('stores a tied matrix twice where the head is quantized, else once', () => {
    const embeddings = (quantizeHead: boolean): unknown[] =>
      planDecoder({ ...llama, tieWordEmbeddings: true }, { storage: 'int4', quantizeHead })
        .weights.filter(({ name }) => name === 'model.embed_tokens.weight')
        .map(({ encoding }) => encoding.kind);
    expect(embeddings(false)).toEqual(['dense']);
    expect(embeddings(true)).toEqual(['dense', 'blocks']);
  });
});
