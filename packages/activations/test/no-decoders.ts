import { DataType, encodeModel, float, GraphBuilder, int, ints } from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byteTokenizer, TINY_VOCABULARY } from './byte-tokenizer.js';

const WIDTH = 8;

/** Random constants of a graph, by shape. */
function randomConstants(builder: GraphBuilder): (...dims: number[]) => string {
  const random = createRandom('no decoder');
  return (...dims) =>
    builder.constant(
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
      dims,
    );
}

function finish(builder: GraphBuilder, states: string, weight: (...dims: number[]) => string): Uint8Array {
  const hidden = builder.node('LayerNormalization', [states, weight(WIDTH), weight(WIDTH)], {
    attributes: { axis: int(-1), epsilon: float(1e-5) },
  });
  builder.node('MatMul', [hidden, weight(WIDTH, TINY_VOCABULARY)], { outputs: ['logits'] });
  builder.output('logits', DataType.FLOAT, ['batch', 'length', TINY_VOCABULARY]);
  return encodeModel(builder.build({ opset: 18 }));
}

/** A masked language model: attention in both directions, then a head over the vocabulary. */
export function encoderGraph(): Uint8Array {
  const builder = new GraphBuilder('encoder');
  const weight = randomConstants(builder);
  const ids = builder.input('input_ids', DataType.INT64, ['batch', 'length']);
  const mask = builder.input('attention_mask', DataType.INT64, ['batch', 'length']);
  const embedded = builder.node('Gather', [weight(TINY_VOCABULARY, WIDTH), ids]);
  const seen = builder.node('Cast', [mask], { attributes: { to: int(DataType.FLOAT) } });
  const hiding = builder.node('Mul', [
    builder.node('Sub', [seen, builder.scalar(1, DataType.FLOAT)]),
    builder.scalar(1e4, DataType.FLOAT),
  ]);
  const turned = builder.node('Transpose', [embedded], { attributes: { perm: ints([0, 2, 1]) } });
  const scores = builder.node('Add', [
    builder.node('MatMul', [embedded, turned]),
    builder.node('Unsqueeze', [hiding, builder.int64s([1])]),
  ]);
  const attention = builder.node('Softmax', [scores], { attributes: { axis: int(-1) } });
  const mixed = builder.node('MatMul', [attention, embedded]);
  return finish(builder, builder.node('Add', [embedded, mixed]), weight);
}

/** A decoder that keeps the last position only, before its final norm. */
export function lastBeforeNormGraph(): Uint8Array {
  const builder = new GraphBuilder('last');
  const weight = randomConstants(builder);
  const ids = builder.input('input_ids', DataType.INT64, ['batch', 'length']);
  const embedded = builder.node('Gather', [weight(TINY_VOCABULARY, WIDTH), ids]);
  const last = builder.node('Slice', [
    builder.node('Tanh', [embedded]),
    builder.int64s([-1]),
    builder.int64s([2 ** 31]),
    builder.int64s([1]),
  ]);
  return finish(builder, last, weight);
}

/** Writes a graph's folder, with a byte-level tokenizer. */
export async function writeGraphFolder(
  folder: string,
  graph: Uint8Array,
  config: Readonly<Record<string, unknown>>,
): Promise<string> {
  const tokenizer = byteTokenizer();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), graph);
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer.json));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(tokenizer.config));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ vocab_size: TINY_VOCABULARY, ...config }));
  return folder;
}
