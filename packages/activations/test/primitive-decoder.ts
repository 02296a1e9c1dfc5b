import { DataType, int, ints } from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { TINY_VOCABULARY } from './byte-tokenizer.js';
import { OperatorSet } from './operator-set.js';

const WIDTH = 32;
const HEADS = 4;
const SIZE = WIDTH / HEADS;
const LAYERS = 2;
const POSITIONS = 64;

/**
 * A GPT-2 of two blocks with a cache in the operators of ai.onnx alone, as a tracing exporter writes it at an operator
 * set: Gemm over plain rows for its projections, shapes computed from the inputs, norms whole or in parts. Weights are
 * the same at every set, and so is what it computes.
 */
export function primitiveDecoder(opset: number): Uint8Array {
  const set = new OperatorSet(opset, 'primitive');
  const { builder } = set;
  const random = createRandom('primitive decoder');
  const values = (dims: readonly number[], mean: number, spread: number): string =>
    builder.constant(
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => mean + spread * random.normal()),
      dims,
    );
  const norm = (x: string): string => set.layerNorm(x, values([WIDTH], 1, 0.1), values([WIDTH], 0, 0.1));
  const linear = (x: string, from: number, to: number): string => {
    const rows = set.node('Reshape', [x, set.integers([-1, from])]);
    const [matrix, bias] = [values([from, to], 0, 1.4 / Math.sqrt(from)), values([to], 0, 0.1)];
    return set.reshape(
      set.node('Gemm', [rows, matrix, bias]),
      set.size(x, 0),
      set.size(x, 1),
      set.integers([to]),
    );
  };
  const ids = builder.input('input_ids', DataType.INT64, ['batch_size', 'sequence_length']);
  const seen = builder.input('attention_mask', DataType.INT64, [
    'batch_size',
    'past_sequence_length + sequence_length',
  ]);
  const positions = builder.input('position_ids', DataType.INT64, ['batch_size', 'sequence_length']);
  const cacheOf = (length: string) => ['batch_size', HEADS, length, SIZE];
  const pasts = Array.from({ length: LAYERS }, (_, layer) =>
    ['key', 'value'].map((part) =>
      builder.input(`past_key_values.${layer}.${part}`, DataType.FLOAT, cacheOf('past_sequence_length')),
    ),
  );
  const allowed = mask(set, ids, seen);
  const table = values([TINY_VOCABULARY, WIDTH], 0, 0.5);
  let stream = set.node('Add', [
    set.node('Gather', [table, ids]),
    set.node('Gather', [values([POSITIONS, WIDTH], 0, 0.5), positions]),
  ]);
  for (const [layer, past] of pasts.entries()) {
    const heads = set.thirds(linear(norm(stream), WIDTH, 3 * WIDTH), WIDTH).map((part) => {
      const apart = set.node('Reshape', [part, set.integers([0, 0, HEADS, SIZE])]);
      return set.node('Transpose', [apart], { perm: ints([0, 2, 1, 3]) });
    });
    const [keys, contents] = ['key', 'value'].map((part, at) =>
      builder.node('Concat', [past[at]!, heads[at + 1]!], {
        outputs: [`present.${layer}.${part}`],
        attributes: { axis: int(-2) },
      }),
    );
    const attended = attend(set, heads[0]!, keys!, contents!, allowed);
    stream = set.node('Add', [stream, linear(attended, WIDTH, WIDTH)]);
    const inner = set.gelu(linear(norm(stream), WIDTH, 4 * WIDTH));
    stream = set.node('Add', [stream, linear(inner, 4 * WIDTH, WIDTH)]);
  }
  const turned = set.node('Transpose', [table], { perm: ints([1, 0]) });
  builder.node('MatMul', [norm(stream), turned], { outputs: ['logits'] });
  builder.output('logits', DataType.FLOAT, ['batch_size', 'sequence_length', TINY_VOCABULARY]);
  for (let layer = 0; layer < LAYERS; layer++)
    for (const part of ['key', 'value'])
      builder.output(
        `present.${layer}.${part}`,
        DataType.FLOAT,
        cacheOf('past_sequence_length + sequence_length'),
      );
  return set.build();
}

/** Which positions each of the new ones may see: BOOL [batch, 1, length, total]. */
function mask(set: OperatorSet, ids: string, seen: string): string {
  const zero = set.builder.scalar(0, DataType.INT64);
  const one = set.builder.scalar(1, DataType.INT64);
  const [length, total] = [ids, seen].map((x) => set.squeeze(set.size(x, 1), 0));
  const all = set.node('Range', [zero, total!, one]);
  const fresh = set.node('Range', [set.node('Sub', [total!, length!]), total!, one]);
  const earlier = set.atMost(set.unsqueeze(all, 0), set.unsqueeze(fresh, 1));
  const real = set.unsqueeze(set.node('Cast', [seen], { to: int(DataType.BOOL) }), 1, 2);
  return set.node('And', [set.unsqueeze(earlier, 0, 1), real]);
}

/** Softmax(q kᵀ / √size) v, heads side by side: [batch, length, width]. */
function attend(set: OperatorSet, query: string, keys: string, values: string, allowed: string): string {
  const turned = set.node('Transpose', [keys], { perm: ints([0, 1, 3, 2]) });
  const scores = set.node('Div', [set.node('MatMul', [query, turned]), set.builder.scalar(Math.sqrt(SIZE))]);
  const hidden = set.node('Where', [allowed, scores, set.builder.scalar(-1e9)]);
  const mixed = set.node('MatMul', [set.node('Softmax', [hidden], { axis: int(-1) }), values]);
  const beside = set.node('Transpose', [mixed], { perm: ints([0, 2, 1, 3]) });
  return set.node('Reshape', [beside, set.integers([0, 0, WIDTH])]);
}
