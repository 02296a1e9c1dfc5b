import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, gpt2, gptj, llama } from '../../test/decoder-feeds.js';
import { randomWeights } from '../../test/plain-forward.js';
import { decodeModel } from '../codec/decode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import type { DecoderConfig } from '../decoder/config.js';
import { DataType } from '../ir.js';
import { evaluate, int64s, numericalGradient, refTensor, type RefTensor } from '../reference/index.js';
import { findDecoder } from '../surgery/find-decoder.js';
import { lossModel } from './loss-model.js';

const configs: [string, DecoderConfig][] = [
  ['GPT-2, tanh GELU', gpt2],
  ['GPT-2, GELU', { ...gpt2, activation: 'gelu' }],
  ['GPT-J', gptj],
  ['LLaMA', llama],
  ['LLaMA with biases', { ...llama, qkvBias: true, mlpBias: true }],
];

const floats = (dims: readonly number[], values: ArrayLike<number>): RefTensor =>
  refTensor(DataType.FLOAT, dims, values);

const logSoftmax = (logits: Float64Array): number[] => {
  const most = Math.max(...logits);
  const total = most + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return Array.from(logits, (value) => value - total);
};

describe('lossModel', () => {
  const ids = [
    [1, 2, 3],
    [4, 5, 0],
  ];
  const mask = [
    [1, 1, 1],
    [1, 1, 0],
  ];

  describe.each(configs)('of a %s', (_, config) => {
    const decoder = buildDecoder(config, randomWeights(config));
    const vocabulary = config.vocabularySize;
    const feeds = decoderFeeds(config, { ids, mask });
    const random = createRandom('reference');
    const reference = logSoftmax(Float64Array.from({ length: vocabulary }, () => random.normal()));

    const lossFeeds = (
      names: ReturnType<typeof lossModel>['inputs'],
      stream: RefTensor,
    ): Record<string, RefTensor> => ({
      ...feeds,
      [names.stream]: stream,
      [names.rows]: int64s([3], [1, 2, 4]),
      [names.targets]: int64s([3], [3, 0, 2]),
      [names.weights]: floats([3], [0.5, 0, 2]),
      [names.divergentRows]: int64s([2], [1, 1]),
      [names.references]: floats([2, vocabulary], [...reference, ...reference]),
      [names.forwardWeights]: floats([2], [1.5, 0]),
      [names.reverseWeights]: floats([2], [0, 0.75]),
    });

    it('gives the terms that the logits give', () => {
      const { model, inputs, outputs } = lossModel(decoder, 0);
      const { logits, 'resid_post.0': stream } = evaluate(decoder, feeds, ['logits', 'resid_post.0']);
      const found = evaluate(model, lossFeeds(inputs, stream!), Object.values(outputs));
      const rows = [1, 2, 4].map((row) =>
        logSoftmax(logits!.data.subarray(row * vocabulary, (row + 1) * vocabulary)),
      );
      const kl = (a: number[], b: number[]): number =>
        a.reduce((sum, log, i) => sum + Math.exp(log) * (log - b[i]!), 0);
      const expectNear = (name: string, expected: number[]): void =>
        expected.forEach((value, i) => expect(found[name]!.data[i]).toBeCloseTo(value, 10));
      const [first, second, third] = rows as [number[], number[], number[]];
      expectNear(outputs.targetLosses, [-first[3]!, -second[0]!, -third[2]!]);
      const [forward, reverse] = [kl(reference, second), kl(second, reference)];
      expectNear(outputs.forward, [forward, forward]);
      expectNear(outputs.reverse, [reverse, reverse]);
      expectNear(outputs.logProbabilities, [...second, ...second]);
      expectNear(outputs.loss, [-0.5 * first[3]! - 2 * third[2]! + 1.5 * forward + 0.75 * reverse]);
    });

    it.each([0, 1])('gives the gradient by the stream behind block %i', (layer) => {
      const { model, inputs, outputs } = lossModel(decoder, layer);
      const name = `resid_post.${layer}`;
      const stream = evaluate(decoder, feeds, [name])[name]!;
      const all = lossFeeds(inputs, stream);
      const gradient = evaluate(model, all, [outputs.streamGradient])[outputs.streamGradient]!;
      const entries = [0, 5, 7, 11, 13].map((i) => (i * stream.data.length) / 18 + i).map(Math.floor);
      const expected = numericalGradient(model, all, {
        wrt: inputs.stream,
        seeds: { [outputs.loss]: floats([], [1]) },
        entries,
      });
      const size = Math.max(...gradient.data.map(Math.abs));
      // Constants of the graph are held in float32.
      entries.forEach((entry, i) =>
        expect(Math.abs(gradient.data[entry]! - expected[i]!) / size).toBeLessThan(1e-7),
      );
    });
  });

  it('takes part of the graph that lies above the block only', () => {
    const decoder = buildDecoder(gpt2, randomWeights(gpt2));
    const nodes = [0, 1].map((layer) => lossModel(decoder, layer).model.graph.nodes.length);
    expect(nodes[1]!).toBeLessThan(nodes[0]!);
    const names = lossModel(decoder, 1).model.graph.initializers.map(({ name }) => name);
    expect(names.some((name) => name.includes('h.0.'))).toBe(false);
  });

  it('refuses blocks that are not there, half precision and graphs without streams', () => {
    const decoder = buildDecoder(gpt2, randomWeights(gpt2));
    expect(() => lossModel(decoder, 2)).toThrow('expected a block in [0, 2), got 2');
    const map = findDecoder(decoder);
    expect(() => lossModel(decoder, 0, { ...map, residuals: undefined })).toThrow(
      'that shows its residual streams',
    );
    const half = decodeModel(readFileSync(join(import.meta.dirname, '../../test/fixtures/qwen2-fp16.onnx')));
    expect(() => lossModel(half, 0)).toThrow('expected a graph that computes in FLOAT, got FLOAT16');
  });
});
