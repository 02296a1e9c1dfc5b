import { intsAttribute } from '../attributes.js';
import { operatorKey } from '../operator-key.js';
import { elementCount } from '../tensors/element-types.js';
import { constantNumbers } from './constant-numbers.js';
import type { GraphIndex } from './graph-index.js';

/** Constant operators that keep the shape of their first input. */
const KEEP: ReadonlySet<string> = new Set([
  'Cast',
  'CastLike',
  'Identity',
  'DequantizeLinear',
  'com.microsoft:DequantizeLinear',
]);

/** Constant operators whose result is as large as their largest operand. */
const BROADCAST: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * Shape of a weight that may be cast, dequantized, scaled, transposed or reshaped before its use; nothing if it is
 * made otherwise.
 */
export function constantShape(index: GraphIndex, name: string): readonly number[] | undefined {
  const stored = index.stored(name);
  if (stored !== undefined) return stored.dims;
  const node = index.producer(name);
  if (node === undefined) return undefined;
  const op = operatorKey(node);
  if (BROADCAST.has(op)) {
    const [a, b] = node.inputs.map((input) => constantShape(index, input));
    return a && b ? [a, b].toSorted((x, y) => elementCount(y) - elementCount(x))[0] : undefined;
  }
  const shape = constantShape(index, node.inputs[0] ?? '');
  if (KEEP.has(op) || shape === undefined) return shape;
  if (op === 'Transpose') {
    const order = intsAttribute(node, 'perm', undefined);
    return order === undefined ? shape.toReversed() : order.map((axis) => shape[axis]!);
  }
  if (op === 'Reshape') return reshaped(shape, constantNumbers(index, node.inputs[1]));
  return undefined;
}

function reshaped(from: readonly number[], to: readonly number[] | undefined): number[] | undefined {
  if (to === undefined) return undefined;
  const kept = to.map((size, axis) => (size === 0 ? (from[axis] ?? 0) : size));
  const others = kept.filter((size) => size !== -1);
  return kept.map((size) => (size === -1 ? elementCount(from) / elementCount(others) : size));
}
