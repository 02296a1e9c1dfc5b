import { describe, expect, it } from 'vitest';
import { decoderFeeds, gpt2, llama } from '../../../test/decoder-feeds.js';
import { randomWeights } from '../../../test/plain-forward.js';
import { float, floats, int, ints, tensor, text, type AttributeValue } from '../../attributes.js';
import { buildDecoder } from '../../decoder/build-decoder.js';
import { GraphBuilder, type Dimension } from '../../graph-builder.js';
import { DataType } from '../../ir.js';
import { doubles, evaluate, int64s, refTensor, type RefTensor } from '../../reference/index.js';
import { makeTensor } from '../../tensors/make-tensor.js';
import { differentiate } from '../differentiate.js';
import { expectConsistent } from './expect-consistent.js';
import { inferFacts } from './infer-facts.js';
import type { TensorFacts } from './tensor-facts.js';

/** Facts of the outputs of one node over x [batch, 3, 4], with `extra` as constants. */
function factsOf(
  opType: string,
  extra: readonly RefTensor[] = [],
  attributes: Record<string, AttributeValue> = {},
  { dims = ['batch', 3, 4], outputs = 1 }: { dims?: Dimension[]; outputs?: number } = {},
): TensorFacts[] {
  const builder = new GraphBuilder();
  const inputs = [
    'x',
    ...extra.map(({ dims: shape, data, dtype }) => builder.constant(data, shape, { type: dtype })),
  ];
  builder.input('x', DataType.FLOAT, dims);
  const names = builder.nodeOutputs(opType, inputs, { attributes, outputs });
  const facts = inferFacts(builder.build({ opset: 18 }));
  return names.map((name) => facts.get(name)!);
}

const list = (...values: number[]): RefTensor => int64s([values.length], values);

describe('inferFacts', () => {
  it.each([gpt2, llama])(
    'contradicts nothing in a decoder with free sizes, and in its gradient: $family',
    (config) => {
      const decoder = buildDecoder(config, randomWeights(config));
      const fed = decoderFeeds(config, {
        ids: [
          [1, 2, 3],
          [3, 4, 5],
        ],
      });
      const feeds = Object.fromEntries(
        Object.entries(fed).map(([name, value]) => [
          name,
          value.dtype === DataType.DOUBLE ? { ...value, dtype: DataType.FLOAT } : value,
        ]),
      );
      expectConsistent(decoder, feeds);
      const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
      const known = expectConsistent(decoder, feeds, shapes);
      // Every shape follows from those of the inputs.
      expect(known).toBe(decoder.graph.nodes.flatMap(({ outputs }) => outputs).length);
      for (const options of [{}, { shapes }]) {
        const { model } = differentiate(decoder, {
          seeds: { logits: 'dlogits' },
          wrt: ['resid_post.0'],
          ...options,
        });
        const seed = evaluate(decoder, feeds, ['logits'])['logits']!;
        expectConsistent(model, { ...feeds, dlogits: seed });
      }
    },
  );

  it('keeps the names of free sizes', () => {
    expect(factsOf('Transpose', [], { perm: ints([2, 0, 1]) })[0]!.dims).toEqual([4, 'batch', 3]);
    expect(factsOf('Reshape', [list(0, -1)])[0]!.dims).toEqual(['batch', 12]);
    expect(factsOf('Reshape', [list(-1, 12)])[0]!.dims).toEqual(['batch', 12]);
    expect(factsOf('Reshape', [list(-1, 6)])[0]!.dims).toEqual([undefined, 6]);
    expect(factsOf('Flatten')[0]!.dims).toEqual(['batch', 12]);
    expect(factsOf('Unsqueeze', [list(0, -1)])[0]!.dims).toEqual([1, 'batch', 3, 4, 1]);
    expect(factsOf('Gather', [list(0, 1)], { axis: int(1) })[0]!.dims).toEqual(['batch', 2, 4]);
    expect(factsOf('Slice', [list(0), list(2 ** 40), list(0)])[0]!.dims).toEqual(['batch', 3, 4]);
    expect(factsOf('Slice', [list(1), list(2 ** 40), list(0)])[0]!.dims).toEqual([undefined, 3, 4]);
    expect(factsOf('ReduceSum', [list(-1)], { keepdims: int(0) })[0]!.dims).toEqual(['batch', 3]);
    expect(factsOf('Expand', [list(1, 3, 4)])[0]!.dims).toEqual(['batch', 3, 4]);
    expect(factsOf('Tile', [list(1, 2, 1)])[0]!.dims).toEqual(['batch', 6, 4]);
    expect(factsOf('Tile', [list(2, 1, 1)])[0]!.dims).toEqual([undefined, 3, 4]);
    expect(factsOf('Pad', [list(0, 1, 0, 0, 0, 2)])[0]!.dims).toEqual(['batch', 4, 6]);
    expect(factsOf('Split', [list(1, 2)], { axis: int(1) }, { outputs: 2 }).map(({ dims }) => dims)).toEqual([
      ['batch', 1, 4],
      ['batch', 2, 4],
    ]);
    expect(factsOf('Squeeze', [list(0)], {}, { dims: [1, 'length'] })[0]!.dims).toEqual(['length']);
    expect(factsOf('Squeeze', [], {}, { dims: [1, 'length'] })[0]!.dims).toBeUndefined();
  });

  it('follows shapes that the graph computes', () => {
    const builder = new GraphBuilder();
    builder.input('x', DataType.FLOAT, ['batch', 6]);
    const shape = builder.node('Shape', ['x']);
    const rows = builder.node('Gather', [shape, builder.int64s([0])]);
    const half = builder.node('Div', [
      builder.node('Slice', [shape, builder.int64s([1]), builder.int64s([2])]),
      builder.int64s([2]),
    ]);
    const wanted = builder.node('Concat', [rows, builder.int64s([2]), half], {
      attributes: { axis: int(0) },
    });
    builder.node('Reshape', ['x', wanted], { outputs: ['y'] });
    expect(inferFacts(builder.build({ opset: 18 })).get('y')!.dims).toEqual(['batch', 2, 3]);
    expect(inferFacts(builder.build({ opset: 18 }), { x: [5, 6] }).get('y')!.dims).toEqual([5, 2, 3]);
  });

  it('does arithmetic with names as far as they stay what they are', () => {
    const builder = new GraphBuilder();
    builder.input('x', DataType.FLOAT, ['batch', 'length']);
    builder.input('past', DataType.FLOAT, ['batch', 'cached']);
    const size = (name: string): string => {
      const shape = builder.node('Shape', [name]);
      return builder.node('Gather', [shape, builder.scalar(1, DataType.INT64)]);
    };
    const [length, past] = [size('x'), size('past')];
    const sum = builder.node('Add', [length, past]);
    const [zero, one] = [0, 1].map((value) => builder.scalar(value, DataType.INT64)) as [string, string];
    const names = {
      sum: builder.node('Range', [zero, sum, one]),
      own: builder.node('Range', [zero, builder.node('Sub', [sum, past]), one]),
      none: builder.node('Range', [zero, builder.node('Sub', [length, length]), one]),
      same: builder.node('Range', [zero, builder.node('Mul', [length, one]), one]),
    };
    const joined = builder.node('Concat', ['past', 'x'], { attributes: { axis: int(1) } });
    const of = (shapes?: Record<string, Dimension[]>): unknown => {
      const facts = inferFacts(builder.build({ opset: 18 }), shapes);
      return [...Object.values(names), joined].map((name) => facts.get(name)!.dims!.at(-1));
    };
    expect(of()).toEqual([undefined, undefined, 0, 'length', undefined]);
    expect(of({ past: ['batch', 0] })).toEqual(['length', 'length', 0, 'length', 'length']);
    expect(of({ past: ['batch', 'length'] })).toEqual([undefined, undefined, 0, 'length', undefined]);
  });

  it('resolves the shapes that exporters guard against -1', () => {
    const builder = new GraphBuilder();
    builder.input('x', DataType.FLOAT, ['batch', 1, 4]);
    builder.input('unknown', DataType.INT64, [3]);
    const [batch] = [
      builder.node('Slice', [builder.node('Shape', ['x']), builder.int64s([0]), builder.int64s([1])]),
    ];
    const wanted = builder.node('Concat', [batch, builder.int64s([-1, 4])], { attributes: { axis: int(0) } });
    const free = builder.node('Equal', [wanted, builder.int64s([-1])]);
    const shape = builder.node('Where', [free, builder.int64s([1, 1, 1]), wanted]);
    const [expanded, other] = [shape, 'unknown'].map((name) => builder.node('Expand', ['x', name]));
    const facts = inferFacts(builder.build({ opset: 18 }));
    expect(facts.get(expanded!)!.dims).toEqual(['batch', 1, 4]);
    expect(facts.get(other!)!.dims).toEqual([undefined, undefined, 4]);
  });

  it('knows the sizes of an Einsum', () => {
    const second = refTensor(DataType.FLOAT, [4, 5], new Float64Array(20));
    const equation = { equation: text('bij,jk->ikb') };
    expect(factsOf('Einsum', [second], equation)[0]!.dims).toEqual([3, 5, 'batch']);
  });

  it('broadcasts what it knows: a size above 1 decides, two names that differ do not', () => {
    const sum = (a: Dimension[], b: Dimension[]): readonly Dimension[] | undefined => {
      const builder = new GraphBuilder();
      const inputs = [builder.input('a', DataType.FLOAT, a), builder.input('b', DataType.FLOAT, b)];
      builder.node('Add', inputs, { outputs: ['y'] });
      return inferFacts(builder.build({ opset: 18 })).get('y')!.dims;
    };
    expect(sum(['n', 3], [3])).toEqual(['n', 3]);
    expect(sum(['n'], ['n'])).toEqual(['n']);
    expect(sum(['n'], ['m'])).toEqual([undefined]);
    expect(sum(['n'], [4])).toEqual([4]);
    expect(sum(['n', 1], [1, 'm'])).toEqual(['n', 'm']);
  });

  it('reads constants of every form', () => {
    const builder = new GraphBuilder();
    const constant = (attributes: Record<string, AttributeValue>): string =>
      builder.node('Constant', [], { attributes });
    const names = [
      constant({ value: tensor(makeTensor('', [2], [3, 4], DataType.INT64)) }),
      constant({ value_int: int(3) }),
      constant({ value_ints: ints([3]) }),
      constant({ value_float: float(0.5) }),
      constant({ value_floats: floats([0.5]) }),
      constant({ value_string: { type: 3 } }),
      builder.node('ConstantOfShape', [builder.int64s([2])], {
        attributes: { value: tensor(makeTensor('', [1], [7], DataType.INT64)) },
      }),
      builder.node(
        'Range',
        [0, 5, 2].map((bound) => builder.scalar(bound, DataType.INT64)),
      ),
    ];
    const facts = inferFacts(builder.build({ opset: 18 }));
    const { INT64: dtype, FLOAT } = DataType;
    expect(names.map((name) => facts.get(name))).toEqual([
      { dtype, dims: [2], values: [3, 4] },
      { dtype, dims: [], values: [3] },
      { dtype, dims: [1], values: [3] },
      { dtype: FLOAT, dims: [], values: [0.5] },
      { dtype: FLOAT, dims: [1], values: [0.5] },
      {},
      { dtype, dims: [2], values: [7, 7] },
      { dtype, dims: [3] },
    ]);
  });

  it('takes a size of 0 or below in a declaration as unknown', () => {
    expect(factsOf('Exp', [], {}, { dims: [0, -1, 2] })[0]!.dims).toEqual([undefined, undefined, 2]);
  });

  it('knows types that an operator changes', () => {
    expect(factsOf('Greater', [refTensor(DataType.FLOAT, [], [0])])[0]).toMatchObject({
      dtype: DataType.BOOL,
    });
    expect(factsOf('ArgMax', [], { axis: int(-1), keepdims: int(0) })[0]).toMatchObject({
      dtype: DataType.INT64,
      dims: ['batch', 3],
    });
    expect(factsOf('NonZero')[0]).toMatchObject({ dtype: DataType.INT64, dims: [3, undefined] });
    expect(factsOf('Cast', [], { to: int(DataType.DOUBLE) })[0]).toMatchObject({ dtype: DataType.DOUBLE });
    expect(factsOf('OneHot', [doubles([], [5]), doubles([2], [0, 1])])[0]).toMatchObject({
      dtype: DataType.DOUBLE,
      dims: ['batch', 3, 4, 5],
    });
  });
});
