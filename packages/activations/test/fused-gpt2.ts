import { DataType, encodeModel, float, GraphBuilder, int } from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { TINY_VOCABULARY } from './byte-tokenizer.js';

const WIDTH = 32;
const HEADS = 4;
const LAYERS = 2;
const POSITIONS = 64;
const domain = 'com.microsoft';
const epsilon = float(1e-5);

/**
 * A GPT-2 as ONNX Runtime's transformer optimizer leaves it, operator set 11: EmbedLayerNormalization, Attention with
 * keys and values stacked, FastGelu, and SkipLayerNormalization for every addition, the final norm included, each with
 * the bias of the projection before it. Int32 ids. The head is a FusedMatMul with the embedding.
 */
export function fusedGpt2(): Uint8Array {
  const builder = new GraphBuilder('fused');
  const random = createRandom('fused GPT-2');
  const values = (dims: readonly number[], mean: number, spread: number): string =>
    builder.constant(
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => mean + spread * random.normal()),
      dims,
    );
  const matrix = (rows: number, columns: number): string => values([rows, columns], 0, 1.4 / Math.sqrt(rows));
  const bias = (size: number): string => values([size], 0, 0.1);
  const norm = (): [scale: string, shift: string] => [values([WIDTH], 1, 0.1), bias(WIDTH)];
  const ids = builder.input('input_ids', DataType.INT32, ['batch_size', 'seq_len']);
  const positions = builder.input('position_ids', DataType.INT32, ['batch_size', 'seq_len']);
  const mask = builder.input('attention_mask', DataType.INT32, ['batch_size', 'total_seq_len']);
  const cacheOf = (length: string) => [2, 'batch_size', HEADS, length, WIDTH / HEADS];
  const pasts = Array.from({ length: LAYERS }, (_, layer) =>
    builder.input(`past_${layer}`, DataType.FLOAT, cacheOf('past_seq_len')),
  );
  const table = values([TINY_VOCABULARY, WIDTH], 0, 0.3);

  const embedded = [ids, undefined, table, values([POSITIONS, WIDTH], 0, 0.3), undefined, ...norm()];
  let [normed, , stream] = builder.nodeOutputs(
    'EmbedLayerNormalization',
    [...embedded, undefined, positions],
    { domain, outputs: 3, attributes: { epsilon } },
  ) as [string, string, string];
  const add = (term: string): void => {
    [normed, , , stream] = builder.nodeOutputs(
      'SkipLayerNormalization',
      [term, stream, ...norm(), bias(WIDTH)],
      { domain, outputs: 4, attributes: { epsilon } },
    ) as [string, string, string, string];
  };
  for (const [layer, past] of pasts.entries()) {
    const [attended] = builder.nodeOutputs(
      'Attention',
      [normed, matrix(WIDTH, 3 * WIDTH), bias(3 * WIDTH), mask, past],
      {
        domain,
        outputs: [builder.unique('attended'), `present_${layer}`],
        attributes: { num_heads: int(HEADS), unidirectional: int(1), mask_filter_value: float(-3.4e38) },
      },
    );
    add(builder.node('MatMul', [attended, matrix(WIDTH, WIDTH)]));
    const inner = builder.node('MatMul', [normed, matrix(WIDTH, 4 * WIDTH)]);
    const active = builder.node('FastGelu', [inner, bias(4 * WIDTH)], { domain });
    add(builder.node('MatMul', [active, matrix(4 * WIDTH, WIDTH)]));
  }
  // Nothing reads the last sum: the optimizer leaves that output out.
  builder.graph.nodes.at(-1)!.outputs.length = 1;
  builder.node('FusedMatMul', [normed, table], {
    domain,
    outputs: ['logits'],
    attributes: { transB: int(1), alpha: float(0.5) },
  });
  builder.output('logits', DataType.FLOAT, ['batch_size', 'seq_len', TINY_VOCABULARY]);
  for (let layer = 0; layer < LAYERS; layer++)
    builder.output(`present_${layer}`, DataType.FLOAT, cacheOf('total_seq_len'));
  return encodeModel(builder.build({ opset: 11, irVersion: 6, domains: { [domain]: 1 } }));
}
