import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { doubles, evaluate, int64s, numericalGradient, type RefTensor } from '../reference/index.js';
import { appendCrossEntropyHead } from './cross-entropy-head.js';

const [n, d, v] = [5, 3, 7];

/** last_hidden_state = tanh(x) */
function body(dims: number[] = [n, d]): OnnxModel {
  const builder = new GraphBuilder();
  builder.input('x', DataType.DOUBLE, dims);
  builder.node('Tanh', ['x'], { outputs: ['last_hidden_state'] });
  builder.output('last_hidden_state', DataType.DOUBLE, dims);
  return builder.build({ opset: 18 });
}

const random = createRandom('cross entropy');
const normal = (...dims: number[]): RefTensor =>
  doubles(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
  );
const feeds = {
  x: normal(n, d),
  E: normal(v, d),
  targets: int64s([n], [0, 3, 3, 6, 1]),
  // The last position does not count.
  loss_weights: doubles([n], [0.25, 0.25, 0.125, 0.375, 0]),
};
const one = { loss: doubles([], [1]) };

/** Five-point differences leave about 1e-12 of a derivative of size 1. */
const close = (found: ArrayLike<number>, expected: readonly number[]): void =>
  expected.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(1e-10));

describe('appendCrossEntropyHead', () => {
  const head = appendCrossEntropyHead(body(), { embedding: 'E', vocabularySize: v });

  it('gives the weighted mean of the negative log probability of the targets', () => {
    const { last_hidden_state: hidden, loss } = evaluate(head.model, feeds);
    let expected = 0;
    for (let i = 0; i < n; i++) {
      const logits = Array.from({ length: v }, (_, token) =>
        Array.from({ length: d }, (_, k) => hidden!.data[i * d + k]! * feeds.E.data[token * d + k]!).reduce(
          (a, b) => a + b,
        ),
      );
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      expected -= feeds.loss_weights.data[i]! * Math.log(Math.exp(logits[feeds.targets.data[i]!]!) / total);
    }
    expect(loss!.dims).toEqual([]);
    expect(loss!.data[0]).toBeCloseTo(expected, 12);
  });

  it('gives the gradient by the hidden states', () => {
    const hidden = evaluate(head.model, feeds, ['last_hidden_state'])['last_hidden_state']!;
    const expected = numericalGradient(
      head.model,
      { ...feeds, last_hidden_state: hidden },
      { wrt: 'last_hidden_state', seeds: one },
    );
    close(evaluate(head.model, feeds, [head.hiddenGradient])[head.hiddenGradient]!.data, expected);
  });

  it('gives the gradient by the embedding, target rows to be added by the caller', () => {
    const results = evaluate(head.model, feeds);
    const found = results[head.embeddingGradient]!.data.slice();
    results[head.targetRows!]!.data.forEach((value, i) => {
      found[feeds.targets.data[Math.floor(i / d)]! * d + (i % d)]! += value;
    });
    close(found, numericalGradient(head.model, feeds, { wrt: 'E', seeds: one }));
  });

  it('adds the target rows in the graph when asked to', () => {
    const whole = appendCrossEntropyHead(body(), { embedding: 'E', vocabularySize: v, scatter: 'graph' });
    expect(whole.targetRows).toBeUndefined();
    close(
      evaluate(whole.model, feeds)[whole.embeddingGradient]!.data,
      numericalGradient(head.model, feeds, { wrt: 'E', seeds: one }),
    );
  });

  it('passes over [n, v] once for the softmax and in three products', () => {
    const values = evaluate(head.model, feeds, [
      ...new Set(head.model.graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])),
    ]);
    const large = (name: string): boolean => values[name]!.data.length === n * v;
    const passes = head.model.graph.nodes.filter(({ inputs, outputs }) =>
      [...inputs, ...outputs].some(large),
    );
    expect(passes.map(({ opType }) => opType)).toEqual(['Gemm', 'Softmax', 'GatherElements', 'Gemm', 'Gemm']);
  });

  it('stays finite when a target is all but impossible', () => {
    const far = {
      ...feeds,
      E: doubles(
        [v, d],
        feeds.E.data.map((value) => 1e4 * value),
      ),
    };
    const { loss, ...gradients } = evaluate(head.model, far);
    // -ln 1e-30
    expect(loss!.data[0]).toBeLessThanOrEqual(69.08);
    for (const { data } of Object.values(gradients)) expect(data.every(Number.isFinite)).toBe(true);
  });

  it('uses a tensor of the graph as the embedding and leaves the model given as it was', () => {
    const model = body();
    model.graph.initializers.push({
      name: 'E',
      dims: [v, d],
      dataType: DataType.DOUBLE,
      rawData: new Uint8Array(v * d * 8),
    });
    const before = structuredClone(model);
    const { model: appended } = appendCrossEntropyHead(model, { embedding: 'E' });
    expect(model).toEqual(before);
    expect(appended.graph.inputs.map(({ name }) => name)).toEqual(['x', 'targets', 'loss_weights']);
  });

  it('refuses hidden states that are missing or not flat, and an embedding without a size', () => {
    expect(() => appendCrossEntropyHead(body(), { embedding: 'E', hidden: 'h' })).toThrow('got "h"');
    expect(() => appendCrossEntropyHead(body([1, n, d]), { embedding: 'E', vocabularySize: v })).toThrow(
      'of shape [n, d], got [1, 5, 3]; flatten batch and length',
    );
    expect(() => appendCrossEntropyHead(body(), { embedding: 'E' })).toThrow(
      'expected vocabularySize for the new input "E"',
    );
  });
});
