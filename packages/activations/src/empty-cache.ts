import { SakeError } from '@sakejs/spec';
import type { GraphPort, GraphSession, GraphTensor, TensorType } from './graph-session.js';
import type { CacheSizes } from './model-config.js';

const EMPTY: Readonly<Partial<Record<string, () => GraphTensor['data']>>> = {
  float32: () => new Float32Array(0),
  float16: () => new Uint16Array(0),
  float64: () => new Float64Array(0),
  int8: () => new Int8Array(0),
  uint8: () => new Uint8Array(0),
};

/** What an axis of a cache counts. */
type Axis = 'batch' | 'heads' | 'length' | 'size' | 'pair';

/** Axes of a cache by its rank: key and value apart, or stacked. */
const BY_RANK: Readonly<Record<number, readonly Axis[]>> = {
  4: ['batch', 'heads', 'length', 'size'],
  5: ['pair', 'batch', 'heads', 'length', 'size'],
};

/**
 * A cache of no positions, for one of a body's inputs.
 *
 * Key and value are [batch, heads, 0, size], or stacked as [2, batch, heads, 0, size]; in other forms, as of BLOOM's
 * [batch · heads, size, 0] and GPT-BigCode's [batch, 0, 2 · size], the names of the axes tell what they count. A size
 * that the graph names but does not say is taken from the output of the same cache, then from `sizes`.
 *
 * @throws {SakeError} `unsupported` for a cache whose length is fixed or whose form or size nothing tells.
 */
export function emptyCacheTensor(
  body: GraphSession,
  port: GraphPort,
  present: GraphPort | undefined,
  rows: number,
  sizes: CacheSizes,
): GraphTensor {
  const { name, type, dims } = port;
  const shown = `${name}: ${type} [${dims.join(', ')}]`;
  const refuse = (expected: string): SakeError =>
    new SakeError('unsupported', `createFeeder: expected ${expected}, got ${shown}`, {
      details: { tensor: name },
    });
  const empty = EMPTY[type];
  if (empty === undefined) throw refuse('a cache of floats or bytes');
  const sizeOf = (axis: Axis, index: number): number => {
    const declared = [dims[index], present?.dims[index]].find((dim) => typeof dim === 'number' && dim > 0);
    if (typeof declared === 'number') return declared;
    const known = axis === 'heads' ? sizes.keyValueHeads : sizes.headSize;
    if (known === undefined)
      throw refuse(
        `the graph, config.json or genai_config.json to say ${axis === 'heads' ? 'the heads' : 'the head size'} of the cache`,
      );
    return known;
  };
  const shape = dims.map((dim, index): number => {
    const axis = BY_RANK[dims.length]?.[index];
    if (axis === 'length' || (axis === undefined && isLength(dim))) {
      if (typeof dim === 'number' && dim !== 0) throw refuse('a cache that grows');
      return 0;
    }
    if (typeof dim === 'number' && dim > 0) return dim;
    if (axis === 'pair') return 2;
    if (axis === 'heads' || axis === 'size') return sizeOf(axis, index);
    if (axis === 'batch') return rows;
    if (/batch/i.test(String(dim)))
      return /head|\bx\b|\*/i.test(String(dim)) ? rows * sizeOf('heads', -1) : rows;
    throw refuse('a cache of 4 or 5 dimensions, or one whose axes are named');
  });
  if (!shape.includes(0)) throw refuse('a cache that grows');
  return body.tensor(empty(), shape, type as TensorType);
}

function isLength(dim: number | string | undefined): boolean {
  return typeof dim === 'string' && /past|seq|length|total/i.test(dim);
}
