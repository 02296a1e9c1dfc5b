import { findAttribute, intsAttribute } from '../attributes.js';
import { DataType, type OnnxNode } from '../ir.js';
import { elementCount } from '../tensors/element-types.js';
import { isExternal, readNumbers } from '../tensors/read-tensor.js';
import type { GraphIndex } from './graph-index.js';

/** More values than any axis list, shape or index has. */
const SMALL = 16;

const LAYOUT: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape']);

const READABLE: ReadonlySet<number> = new Set([
  DataType.INT64,
  DataType.INT32,
  DataType.BOOL,
  DataType.FLOAT,
  DataType.FLOAT16,
  DataType.DOUBLE,
  DataType.UINT8,
]);

/** Values of a small constant: axes, a shape, an index; nothing if it is computed, large or in another file. */
export function constantNumbers(index: GraphIndex, name: string | undefined): number[] | undefined {
  if (name === undefined || name === '') return undefined;
  const stored = index.stored(name);
  if (stored !== undefined) {
    const readable =
      READABLE.has(stored.dataType) && !isExternal(stored) && elementCount(stored.dims) <= SMALL;
    return readable ? readNumbers(stored) : undefined;
  }
  const node = index.producer(name);
  return node && LAYOUT.has(node.opType) ? constantNumbers(index, node.inputs[0]) : undefined;
}

/** Values that an operator takes as an attribute in old operator sets and as an input in new ones. */
export function integersOf(
  index: GraphIndex,
  node: OnnxNode,
  attribute: string,
  input: number,
): number[] | undefined {
  return findAttribute(node, attribute) === undefined
    ? constantNumbers(index, node.inputs[input])
    : intsAttribute(node, attribute, undefined);
}
