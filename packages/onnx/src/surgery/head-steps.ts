import { intAttribute, intsAttribute } from '../attributes.js';
import type { OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { constantNumbers, integersOf } from './constant-numbers.js';
import type { GraphIndex } from './graph-index.js';

/**
 * What a node between the hidden states and the logits does with the rows [.., width] of its first input.
 *
 * `layout` arranges rows anew and `selection` takes some of them: a head on plain rows needs neither. `quantize` and
 * `elementwise` keep each row where it is. `vocabulary` takes a part of each row, `join` makes one of parts.
 */
export type StepKind = 'layout' | 'selection' | 'quantize' | 'elementwise' | 'vocabulary' | 'join';

/** Operators that only change how values are laid out: the path is followed through their first input. */
const LAYOUT: ReadonlySet<string> = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
]);

const QUANTIZE: ReadonlySet<string> = new Set([
  'Cast',
  'DynamicQuantizeLinear',
  'QuantizeLinear',
  'DequantizeLinear',
  'com.microsoft:QuantizeLinear',
  'com.microsoft:DequantizeLinear',
]);

/** Bias, scale, mask, soft cap. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Neg',
  'Tanh',
  'Where',
  'Clip',
  'Min',
  'Max',
  'com.microsoft:BiasAdd',
]);

/** Whether a node only changes how values are laid out, the last axis staying the last. */
export function isLayout(node: OnnxNode): boolean {
  const op = operatorKey(node);
  if (op !== 'Transpose') return LAYOUT.has(op);
  const order = intsAttribute(node, 'perm', undefined);
  return order !== undefined && order.at(-1) === order.length - 1;
}

/** The kind of a node on the way from the hidden states to the logits; nothing for any other operator. */
export function stepKind(index: GraphIndex, node: OnnxNode): StepKind | undefined {
  const op = operatorKey(node);
  if (isLayout(node)) return 'layout';
  if (QUANTIZE.has(op)) return 'quantize';
  if (ELEMENTWISE.has(op)) return 'elementwise';
  // Looking rows up in a table is an embedding, not a selection.
  if (index.isConstant(node.inputs[0] ?? '')) return undefined;
  const axes = selectedAxes(index, node, op);
  if (axes === undefined || axes.length === 0) return undefined;
  const last = (index.declaredDims(node.inputs[0]!)?.length ?? 3) - 1;
  const isLast = (axis: number): boolean => axis === -1 || axis === last;
  if (op === 'Concat') return isLast(axes[0]!) ? 'join' : undefined;
  if (!axes.some(isLast)) return 'selection';
  return axes.length === 1 && op !== 'GatherND' ? 'vocabulary' : undefined;
}

/** The data that a step carries on: its first input where others say only how, else whatever is not constant. */
export function carriedBy(index: GraphIndex, node: OnnxNode, kind: StepKind | undefined): string[] {
  if (kind === 'elementwise' || kind === 'join' || kind === undefined) return index.variables(node);
  const [first = ''] = node.inputs;
  return index.isConstant(first) ? [] : [first];
}

/** The axes that a node takes a part of, or joins along. */
function selectedAxes(index: GraphIndex, node: OnnxNode, op: string): number[] | undefined {
  switch (op) {
    case 'Concat':
    case 'Gather':
    case 'GatherElements':
      return [intAttribute(node, 'axis', 0)];
    case 'Slice': {
      const axes = integersOf(index, node, 'axes', 3);
      if (axes !== undefined || node.inputs[3]) return axes;
      const starts = integersOf(index, node, 'starts', 1);
      return starts?.map((_, axis) => axis);
    }
    case 'GatherND': {
      const batch = intAttribute(node, 'batch_dims', 0);
      const dims =
        index.declaredDims(node.inputs[1]!) ?? constantNumbers(index, node.inputs[1])?.map(() => 1);
      const depth = dims?.at(-1);
      // Indices [batch, 2] or [batch, 1] beside a batch axis name a position each.
      const count = typeof depth === 'number' ? depth : 2 - batch;
      return Array.from({ length: count }, (_, i) => batch + i);
    }
    default:
      return undefined;
  }
}
