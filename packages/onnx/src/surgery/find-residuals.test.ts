import { describe, expect, it } from 'vitest';
import { int, ints } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { bodyModel } from './body-model.js';
import { findDecoder } from './find-decoder.js';

const MICROSOFT = { domain: 'com.microsoft' };
const WIDTH = 4;

/** Two blocks over `input_ids`; `blocks` appends them and the final norm, and returns what the head reads. */
function decoder(blocks: (builder: GraphBuilder, stream: string) => string): OnnxModel {
  const builder = new GraphBuilder();
  const ids = builder.input('input_ids', DataType.INT64, ['b', 's']);
  const table = builder.constant(new Float32Array(6 * WIDTH), [6, WIDTH], { name: 'table' });
  const stream = builder.node('Gather', [table, ids], { outputs: ['embedded'] });
  const hidden = blocks(builder, stream);
  const head = builder.constant(new Float32Array(6 * WIDTH), [WIDTH, 6], { name: 'head' });
  builder.node('MatMul', [hidden, head], { outputs: ['logits'] });
  builder.output('logits', DataType.FLOAT, ['b', 's', 6]);
  return builder.build({ opset: 18, domains: { 'com.microsoft': 1 } });
}

const vector = (builder: GraphBuilder): string =>
  builder.constant(new Float32Array(32).fill(1).slice(0, WIDTH), [WIDTH], { name: builder.unique('vector') });
const linear = (builder: GraphBuilder, x: string): string =>
  builder.node('MatMul', [
    x,
    builder.constant(new Float32Array(WIDTH * WIDTH), [WIDTH, WIDTH], { name: builder.unique('weight') }),
  ]);
const attention = (builder: GraphBuilder, x: string): string =>
  linear(
    builder,
    builder.node('MultiHeadAttention', [x, x, x], { ...MICROSOFT, attributes: { num_heads: int(2) } }),
  );
const mlp = (builder: GraphBuilder, x: string): string =>
  linear(builder, builder.node('Tanh', [linear(builder, x)]));
const norm = (builder: GraphBuilder, x: string): string =>
  builder.node('LayerNormalization', [x, vector(builder)]);

/** A norm that adds first; gives the normed and, where asked, the sum. */
function skipNorm(
  builder: GraphBuilder,
  a: string,
  b: string,
  sum: string | undefined,
  bias = false,
): string {
  const inputs = [a, b, vector(builder), vector(builder), ...(bias ? [vector(builder)] : [])];
  return builder.nodeOutputs('SkipLayerNormalization', inputs, {
    ...MICROSOFT,
    outputs: [builder.unique('normed'), ...(sum === undefined ? [] : ['', '', sum])],
  })[0]!;
}

describe('findResiduals', () => {
  it('takes the softmax of a router for no attention', () => {
    const scored = (builder: GraphBuilder, x: string): string => {
      const keys = builder.node('Transpose', [linear(builder, x)], { attributes: { perm: ints([0, 2, 1]) } });
      const scores = builder.node('MatMul', [linear(builder, x), keys]);
      const scaled = builder.node('Div', [scores, builder.scalar(2)]);
      return builder.node('MatMul', [builder.node('Softmax', [scaled]), linear(builder, x)]);
    };
    const model = decoder((builder, embedded) => {
      let stream = embedded;
      for (const block of [0, 1]) {
        const mid = builder.node('Add', [stream, scored(builder, norm(builder, stream))]);
        const normed = norm(builder, mid);
        const shares = builder.node('Softmax', [linear(builder, normed)]);
        const experts = builder.node('Mul', [mlp(builder, normed), shares]);
        stream = builder.node('Add', [mid, experts], { outputs: [`post.${block}`] });
      }
      return norm(builder, stream);
    });
    expect(findDecoder(model).residuals).toEqual(['post.0', 'post.1']);
  });

  it.each([false, true])('follows additions that are fused into norms, biases among them: %s', (bias) => {
    const model = decoder((builder, embedded) => {
      let [normed, stream] = [norm(builder, embedded), embedded];
      for (const block of [0, 1]) {
        // Exporters write the branch first, ONNX Runtime's optimizer the stream.
        const pair = [attention(builder, normed), stream] as [string, string];
        normed = skipNorm(
          builder,
          ...(block === 0 ? pair : (pair.toReversed() as [string, string])),
          `mid.${block}`,
          bias,
        );
        const fed = mlp(builder, normed);
        stream = `post.${block}`;
        normed = skipNorm(builder, fed, `mid.${block}`, block === 0 ? stream : undefined, bias);
      }
      return normed;
    });
    const { residuals, hiddenTensor } = findDecoder(model);
    expect(residuals).toEqual(['post.0', `${hiddenTensor}.sum`]);

    const body = bodyModel(model, { outputs: [hiddenTensor, ...residuals!] });
    const last = body.graph.nodes.at(-1)!;
    expect(last.outputs).toEqual([hiddenTensor, '', '', `${hiddenTensor}.sum`]);
    expect(model.graph.nodes.find(({ outputs }) => outputs[0] === hiddenTensor)!.outputs).toHaveLength(1);
    expect(body.graph.outputs.map(({ name }) => name)).toEqual([hiddenTensor, ...residuals!]);
  });

  it.each<[string, (builder: GraphBuilder, x: string, attended: string, fed: string) => string]>([
    [
      'the branches are added up first',
      (builder, x, attended, fed) => builder.node('Add', [builder.node('Add', [attended, fed]), x]),
    ],
    [
      'the stream comes first',
      (builder, x, attended, fed) => builder.node('Add', [builder.node('Add', [x, attended]), fed]),
    ],
    ['all are added up at once', (builder, x, attended, fed) => builder.node('Sum', [fed, attended, x])],
  ])('knows blocks whose parts run side by side: %s', (_, join) => {
    const model = decoder((builder, embedded) => {
      let stream = embedded;
      for (const block of [0, 1]) {
        const normed = norm(builder, stream);
        const sum = join(builder, stream, attention(builder, normed), mlp(builder, normed));
        stream = builder.node('Identity', [sum], { outputs: [`post.${block}`] });
      }
      return norm(builder, stream);
    });
    const sums = model.graph.nodes
      .filter(({ opType }) => opType === 'Identity')
      .map(({ inputs }) => inputs[0]);
    expect(findDecoder(model).residuals).toEqual(sums);
  });

  it('takes embeddings of positions that only count the tokens for no block', () => {
    const model = decoder((builder, embedded) => {
      const length = builder.node('Gather', [
        builder.node('Shape', [embedded]),
        builder.constant([1], [], { type: DataType.INT64 }),
      ]);
      const zero = builder.constant([0], [], { type: DataType.INT64 });
      const one = builder.constant([1], [], { type: DataType.INT64 });
      const positions = builder.node('Range', [zero, length, one]);
      const table = builder.constant(new Float32Array(8 * WIDTH), [8, WIDTH], { name: 'positions' });
      const stream = builder.node('Add', [embedded, builder.node('Gather', [table, positions])]);
      const attended = builder.node('Add', [stream, attention(builder, norm(builder, stream))]);
      return norm(
        builder,
        builder.node('Add', [attended, mlp(builder, norm(builder, attended))], { outputs: ['post.0'] }),
      );
    });
    expect(findDecoder(model).residuals).toEqual(['post.0']);
  });

  it('sees through a bias that is added to the sum', () => {
    const model = decoder((builder, embedded) => {
      const sum = builder.node('Add', [embedded, attention(builder, norm(builder, embedded))]);
      const attended = builder.node('Add', [sum, vector(builder)]);
      const fed = builder.node('Add', [attended, mlp(builder, norm(builder, attended))]);
      return norm(builder, builder.node('Add', [vector(builder), fed], { outputs: ['post.0'] }));
    });
    expect(findDecoder(model).residuals).toEqual(['post.0']);
  });
});
