import { DataType, type OnnxNode } from '../ir.js';
import { elementCount } from '../tensors/element-types.js';
import { castNode } from './cast-node.js';
import { constantShape } from './constant-shape.js';
import type { GraphIndex } from './graph-index.js';

const EIGHT_BITS: ReadonlySet<number> = new Set([DataType.INT8, DataType.UINT8]);

/**
 * A weight's dequantization (x - zero) * scale as plain arithmetic; the node itself where it is another one.
 *
 * ONNX Runtime turns a product with a dequantized matrix into one that rounds the activations to 8 bits, in some graphs
 * and not in others: alone the head of a tied 8-bit export would, in its graph it does not. Plain arithmetic on
 * constants is done once, exactly, when the graph is loaded.
 */
export function plainDequantize(
  index: GraphIndex,
  node: OnnxNode,
  fresh: (wanted: string) => string,
): readonly OnnxNode[] {
  const [stored = '', scale = '', zero = ''] = node.inputs;
  const [output] = node.outputs as [string];
  const single = (name: string): boolean => {
    const shape = constantShape(index, name);
    return shape !== undefined && shape.length < 2 && elementCount(shape) === 1;
  };
  if (
    node.opType !== 'DequantizeLinear' ||
    !EIGHT_BITS.has(index.elementType(stored)) ||
    !single(scale) ||
    (zero !== '' && !single(zero))
  )
    return [node];
  const type = index.elementType(scale);
  const nodes: OnnxNode[] = [];
  const appended = (opType: string, inputs: string[], to: string): string => {
    nodes.push({ opType, domain: '', name: `${node.name}.${opType}`, inputs, outputs: [to], attributes: [] });
    return to;
  };
  const cast = (from: string): string => {
    const to = fresh(`${from}.cast`);
    nodes.push(castNode(from, to, type));
    return to;
  };
  const wide = cast(stored);
  const centred = zero === '' ? wide : appended('Sub', [wide, cast(zero)], fresh(`${output}.centred`));
  appended('Mul', [centred, scale], output);
  return nodes;
}
