import { decodeModel, decoderLayout, encodeModel, fromFloat16Bits, plainDecoder } from '@sakejs/onnx';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  createGraphSession,
  type GraphSession,
  type GraphTensor,
  type TensorType,
} from '../src/graph-session.js';

const INTEGERS = {
  int64: (v: number[]) => BigInt64Array.from(v, BigInt),
  int32: (v: number[]) => Int32Array.from(v),
};

/** Sizes of a cache that its graph leaves open. */
const OPEN_SIZES: Readonly<Record<string, number>> = { kv_cache_dim: 16 };

/**
 * Opens the graph of a file as it is. One that generates text gives no logits: of that it is the decoder within, head
 * included.
 */
export async function openFullGraph(file: string): Promise<GraphSession> {
  const model = decodeModel(await readFile(file));
  if (decoderLayout(model).kind !== 'generation') return createGraphSession(file, { threads: 1 });
  return createGraphSession(encodeModel(plainDecoder(model)), {
    threads: 1,
    externalDataFolder: dirname(file),
  });
}

/**
 * Last-token logits, or another output [batch, length, width], of a whole exported graph, LM head included, with the
 * padding on either side: what a model gives when nobody has touched its graph.
 */
export async function runFullGraph(
  session: GraphSession,
  rows: readonly (readonly number[])[],
  padding: 'left' | 'right',
  output = 'logits',
): Promise<Float32Array[]> {
  const width = Math.max(...rows.map((tokens) => tokens.length));
  const cells = (type: string, value: (tokens: readonly number[], at: number) => number): GraphTensor => {
    const values = rows.flatMap((tokens) =>
      Array.from({ length: width }, (_, column) =>
        value(tokens, padding === 'left' ? column - (width - tokens.length) : column),
      ),
    );
    return session.tensor(INTEGERS[type as keyof typeof INTEGERS](values), [rows.length, width]);
  };
  const makers: Record<string, (type: string) => GraphTensor> = {
    input_ids: (type) => cells(type, (tokens, at) => tokens[at] ?? 0),
    attention_mask: (type) => cells(type, (tokens, at) => (at >= 0 && at < tokens.length ? 1 : 0)),
    position_ids: (type) => cells(type, (_, at) => Math.max(at, 0)),
    use_cache_branch: () => session.tensor(Uint8Array.of(0), [1], 'bool'),
    num_logits_to_keep: () => session.tensor(BigInt64Array.of(0n), []),
    logits_to_keep: () => session.tensor(BigInt64Array.of(0n), []),
  };
  const feeds = Object.fromEntries(
    session.inputs.map(({ name, type, dims }): [string, GraphTensor] => {
      const make = makers[name];
      if (make) return [name, make(type)];
      const sizes = dims.map((dim) =>
        typeof dim === 'number'
          ? dim
          : /past/.test(dim)
            ? 0
            : /batch/.test(dim)
              ? rows.length
              : OPEN_SIZES[dim]!,
      );
      const empty = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
      return [name, session.tensor(empty, sizes, type as TensorType)];
    }),
  );
  const { [output]: states } = await session.run(feeds, [output]);
  const size = states!.dims.at(-1)!;
  const values =
    states!.type === 'float16'
      ? Float32Array.from(states!.data as Uint16Array, fromFloat16Bits)
      : (states!.data as Float32Array);
  return rows.map((tokens, index) => {
    const last = index * width + (padding === 'left' ? width : tokens.length) - 1;
    return values.slice(last * size, (last + 1) * size);
  });
}
