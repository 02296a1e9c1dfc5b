import { findAttribute, int, ints, text } from '../attributes.js';
import { DataType, type OnnxNode, type OnnxTensor } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { rowEinsum } from './head-products.js';
import type { StepKind } from './head-steps.js';

/** Norms whose attribute `axis` may count from the front. */
const LAST_AXIS_NORMS: ReadonlySet<string> = new Set([
  'LayerNormalization',
  'SimplifiedLayerNormalization',
  'RMSNormalization',
]);

/** A node of the head that works on rows of any number of axes as it did on [batch, length, width]. */
export function rowStep(
  node: OnnxNode,
  kind: StepKind | undefined,
  fresh: (wanted: string) => string,
  added: OnnxTensor[],
): OnnxNode {
  const op = operatorKey(node);
  if (op === 'Einsum') {
    const parts = rowEinsum(node);
    if (parts === undefined) return node;
    return withAttribute(node, 'equation', text(`...${parts.summed},${parts.matrix}->...${parts.kept}`));
  }
  if (LAST_AXIS_NORMS.has(op)) return withAttribute(node, 'axis', int(-1));
  if (kind === 'join') return withAttribute(node, 'axis', int(-1));
  if (kind !== 'vocabulary') return node;
  if (op !== 'Slice') return withAttribute(node, 'axis', int(-1));
  if (findAttribute(node, 'starts') !== undefined) return withAttribute(node, 'axes', ints([-1]));
  const axes = fresh(`${node.outputs[0]!}.axes`);
  added.push(makeTensor(axes, [1], [-1], DataType.INT64));
  const [data = '', starts = '', ends = '', , ...steps] = node.inputs;
  return { ...node, inputs: [data, starts, ends, axes, ...steps] };
}

function withAttribute(node: OnnxNode, name: string, value: ReturnType<typeof int>): OnnxNode {
  return {
    ...node,
    attributes: [...node.attributes.filter((attribute) => attribute.name !== name), { name, ...value }],
  };
}
