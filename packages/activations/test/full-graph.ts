import type { GraphSession, GraphTensor } from '../src/graph-session.js';

/**
 * Last-token logits of a whole exported graph, LM head included, with the padding on either side: what a model gives
 * when nobody has touched its graph.
 */
export async function runFullGraph(
  session: GraphSession,
  rows: readonly (readonly number[])[],
  padding: 'left' | 'right',
): Promise<Float32Array[]> {
  const width = Math.max(...rows.map((tokens) => tokens.length));
  const cells = (value: (tokens: readonly number[], at: number) => number): GraphTensor => {
    const data = rows.flatMap((tokens) =>
      Array.from({ length: width }, (_, column) =>
        BigInt(value(tokens, padding === 'left' ? column - (width - tokens.length) : column)),
      ),
    );
    return session.tensor(BigInt64Array.from(data), [rows.length, width]);
  };
  const feeds: Record<string, GraphTensor> = {
    input_ids: cells((tokens, at) => tokens[at] ?? 0),
    attention_mask: cells((tokens, at) => (at >= 0 && at < tokens.length ? 1 : 0)),
    position_ids: cells((_, at) => Math.max(at, 0)),
  };
  for (const { name, dims } of session.inputs)
    if (name.startsWith('past_key_values'))
      feeds[name] = session.tensor(new Float32Array(0), [rows.length, Number(dims[1]), 0, Number(dims[3])]);
  const { logits } = await session.run(feeds, ['logits']);
  const size = logits!.dims[2]!;
  return rows.map((tokens, index) => {
    const last = index * width + (padding === 'left' ? width : tokens.length) - 1;
    return (logits!.data as Float32Array).slice(last * size, (last + 1) * size);
  });
}
