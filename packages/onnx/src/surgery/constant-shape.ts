import { intsAttribute } from '../attributes.js';
import type { GraphIndex } from './graph-index.js';

/** Constant operators that keep the shape of their first input. */
const KEEP: ReadonlySet<string> = new Set(['Cast', 'Identity', 'DequantizeLinear']);

/** Shape of a weight that may be cast, dequantized or transposed before its use; nothing if it is made otherwise. */
export function constantShape(index: GraphIndex, name: string): readonly number[] | undefined {
  const initializer = index.initializer(name);
  if (initializer !== undefined) return initializer.dims;
  const node = index.producer(name);
  if (node === undefined) return undefined;
  if (KEEP.has(node.opType)) return constantShape(index, node.inputs[0]!);
  if (node.opType !== 'Transpose') return undefined;
  const shape = constantShape(index, node.inputs[0]!);
  const order = intsAttribute(node, 'perm', undefined);
  return order === undefined ? shape?.toReversed() : shape && order.map((axis) => shape[axis]!);
}
