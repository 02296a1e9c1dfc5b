import { DataType, encodeModel, float, GraphBuilder, int } from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { TINY_VOCABULARY } from './byte-tokenizer.js';

const WIDTH = 32;
const HEADS = 4;
const SIZE = WIDTH / HEADS;
const POSITIONS = 64;
const LAYERS = 2;
const BATCH = 'batch_size';

/** What attends: ONNX's own operator (sets 23 and 24), or ONNX Runtime's. */
export type AttentionForm = { readonly opset: 23 | 24 } | 'MultiHeadAttention';

/** Which tensors a block's attention reads. */
interface AttentionInputs {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly mask: string;
  readonly past: readonly [key: string, value: string];
  readonly present: readonly [key: string, value: string];
  readonly kvHeads: number;
}

/**
 * A decoder of two blocks in the operators that newer exporters write whole: RMSNormalization, RotaryEmbedding and
 * Attention with grouped heads and a cache; or MultiHeadAttention with as many heads of keys as of queries.
 */
export function standardDecoder(form: AttentionForm): Uint8Array {
  const builder = new GraphBuilder('standard');
  const random = createRandom('standard decoder');
  const weight = (...dims: number[]): string =>
    builder.constant(
      Float32Array.from(
        { length: dims.reduce((a, b) => a * b, 1) },
        () => random.normal() / Math.sqrt(dims[0]!),
      ),
      dims,
    );
  const scale = (): string =>
    builder.constant(
      Float32Array.from({ length: WIDTH }, () => 1 + 0.1 * random.normal()),
      [WIDTH],
    );
  const norm = (x: string): string =>
    builder.node('RMSNormalization', [x, scale()], { attributes: { axis: int(-1), epsilon: float(1e-6) } });
  const kvHeads = form === 'MultiHeadAttention' ? HEADS : 2;
  const ids = builder.input('input_ids', DataType.INT64, [BATCH, 'sequence_length']);
  const seen = builder.input('attention_mask', DataType.INT64, [BATCH, 'total_length']);
  const positions = builder.input('position_ids', DataType.INT64, [BATCH, 'sequence_length']);
  const cache = [BATCH, kvHeads, 'past_length', SIZE];
  const pasts = Array.from({ length: LAYERS }, (_, layer) =>
    ['key', 'value'].map((part) => builder.input(`past_key_values.${layer}.${part}`, DataType.FLOAT, cache)),
  );
  const mask =
    form === 'MultiHeadAttention'
      ? builder.node('Cast', [seen], { attributes: { to: int(DataType.INT32) } })
      : positionMask(builder, ids, seen);
  const angles = Array.from(
    { length: POSITIONS * (SIZE / 2) },
    (_, at) => Math.floor(at / (SIZE / 2)) / 10 ** (at % (SIZE / 2)),
  );
  const tables = [Math.cos, Math.sin].map((of) =>
    builder.constant(Float32Array.from(angles, of), [POSITIONS, SIZE / 2]),
  );
  const [cosine, sine] = tables;
  const rotated = (x: string, heads: number): string =>
    form === 'MultiHeadAttention'
      ? builder.node('RotaryEmbedding', [x, positions, cosine, sine], {
          domain: 'com.microsoft',
          attributes: { num_heads: int(heads) },
        })
      : builder.node('RotaryEmbedding', [x, cosine, sine, positions], {
          attributes: { num_heads: int(heads) },
        });
  const attend = (inputs: AttentionInputs): string =>
    form === 'MultiHeadAttention' ? multiHead(builder, inputs) : standard(builder, inputs);

  let stream = builder.node('Gather', [weight(TINY_VOCABULARY, WIDTH), ids]);
  for (const [layer, past] of pasts.entries()) {
    const normed = norm(stream);
    const project = (heads: number): string => builder.node('MatMul', [normed, weight(WIDTH, heads * SIZE)]);
    const attended = attend({
      query: rotated(project(HEADS), HEADS),
      key: rotated(project(kvHeads), kvHeads),
      value: project(kvHeads),
      mask,
      past: [past[0]!, past[1]!],
      present: [`present.${layer}.key`, `present.${layer}.value`],
      kvHeads,
    });
    stream = builder.node('Add', [stream, builder.node('MatMul', [attended, weight(WIDTH, WIDTH)])]);
    const inner = builder.node('Tanh', [builder.node('MatMul', [norm(stream), weight(WIDTH, 2 * WIDTH)])]);
    stream = builder.node('Add', [stream, builder.node('MatMul', [inner, weight(2 * WIDTH, WIDTH)])]);
  }
  builder.node('MatMul', [norm(stream), weight(WIDTH, TINY_VOCABULARY)], { outputs: ['logits'] });
  builder.output('logits', DataType.FLOAT, [BATCH, 'sequence_length', TINY_VOCABULARY]);
  for (let layer = 0; layer < LAYERS; layer++)
    for (const part of ['key', 'value'])
      builder.output(`present.${layer}.${part}`, DataType.FLOAT, [BATCH, kvHeads, 'total_length', SIZE]);
  const opset = form === 'MultiHeadAttention' ? 23 : form.opset;
  return encodeModel(builder.build({ opset, irVersion: 10, domains: { 'com.microsoft': 1 } }));
}

/** Which positions each of the new ones may see, by the mask alone: BOOL [batch, 1, length, total]. */
function positionMask(builder: GraphBuilder, ids: string, seen: string): string {
  const length = builder.node('Slice', [
    builder.node('Shape', [ids]),
    builder.int64s([1]),
    builder.int64s([2]),
  ]);
  const rows = builder.node('Concat', [builder.int64s([1, 1]), length, builder.int64s([1])], {
    attributes: { axis: int(0) },
  });
  const isSeen = builder.node('Cast', [seen], { attributes: { to: int(DataType.BOOL) } });
  return builder.node('Expand', [builder.node('Unsqueeze', [isSeen, builder.int64s([1, 2])]), rows]);
}

function standard(
  builder: GraphBuilder,
  { query, key, value, mask, past, present, kvHeads }: AttentionInputs,
): string {
  const [attended] = builder.nodeOutputs('Attention', [query, key, value, mask, ...past], {
    outputs: [builder.unique('attended'), ...present],
    attributes: { q_num_heads: int(HEADS), kv_num_heads: int(kvHeads), is_causal: int(1) },
  });
  return attended!;
}

function multiHead(
  builder: GraphBuilder,
  { query, key, value, mask, past, present }: AttentionInputs,
): string {
  const [attended] = builder.nodeOutputs(
    'MultiHeadAttention',
    [query, key, value, undefined, mask, undefined, ...past],
    {
      domain: 'com.microsoft',
      outputs: [builder.unique('attended'), ...present],
      attributes: { num_heads: int(HEADS), unidirectional: int(1) },
    },
  );
  return attended!;
}
