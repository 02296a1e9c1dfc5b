import { floatsAttribute, intAttribute, tensorAttribute } from '../attributes.js';
import { DataType, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { isFloatType } from '../tensors/float-types.js';
import { constantTensors, tensorsRead } from './tensors-read.js';

/** Which outputs of operators have a type of their own, by operator and position. */
const OUTPUT_TYPES: Readonly<Record<string, readonly number[]>> = {
  Shape: [DataType.INT64],
  Size: [DataType.INT64],
  ArgMax: [DataType.INT64],
  Equal: [DataType.BOOL],
  Greater: [DataType.BOOL],
  GreaterOrEqual: [DataType.BOOL],
  Less: [DataType.BOOL],
  LessOrEqual: [DataType.BOOL],
  Not: [DataType.BOOL],
  DynamicQuantizeLinear: [DataType.UINT8, DataType.FLOAT, DataType.UINT8],
  MatMulInteger: [DataType.INT32],
  'com.microsoft:MatMulIntegerToFloat': [DataType.FLOAT],
  'com.microsoft:DynamicQuantizeMatMul': [DataType.FLOAT],
};

/**
 * Who makes each tensor of a graph, and what is constant.
 *
 * Nodes are expected behind what they read, as `checkGraph` leaves them.
 */
export class GraphIndex {
  readonly graph: OnnxGraph;
  readonly #producers = new Map<string, number>();
  readonly #initializers: ReadonlyMap<string, OnnxTensor>;
  readonly #declared: ReadonlyMap<
    string,
    { elemType: number; dims: (number | string | undefined)[] | undefined }
  >;
  readonly #constants: Set<string>;

  constructor(graph: OnnxGraph) {
    this.graph = graph;
    this.#initializers = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
    this.#constants = new Set(constantTensors(graph));
    this.#declared = new Map(
      [...graph.valueInfo, ...graph.outputs, ...graph.inputs].flatMap(({ name, type }) =>
        type?.tensor === undefined
          ? []
          : [
              [
                name,
                {
                  elemType: type.tensor.elemType,
                  dims: type.tensor.shape?.map(
                    ({ value, param }) => value ?? (param === '' ? undefined : param),
                  ),
                },
              ],
            ],
      ),
    );
    for (const [position, node] of graph.nodes.entries()) {
      const constant = tensorsRead(node).every((name) => this.isConstant(name));
      for (const output of node.outputs) {
        if (output === '') continue;
        this.#producers.set(output, position);
        if (constant) this.#constants.add(output);
      }
    }
  }

  /** The node that makes a tensor; none for graph inputs and initializers. */
  producer(name: string): OnnxNode | undefined {
    const position = this.position(name);
    return position < 0 ? undefined : this.graph.nodes[position];
  }

  /** Place of a tensor's producer among the nodes; -1 for graph inputs and initializers. */
  position(name: string): number {
    return this.#producers.get(name) ?? -1;
  }

  initializer(name: string): OnnxTensor | undefined {
    return this.#initializers.get(name);
  }

  /** A constant as it is stored: an initializer, or the value of a Constant node. */
  stored(name: string): OnnxTensor | undefined {
    const node = this.producer(name);
    return node?.opType === 'Constant' ? constantValue(node) : this.#initializers.get(name);
  }

  /** Whether a tensor depends on no graph input; true of inputs that are left out. */
  isConstant(name: string): boolean {
    return name === '' || this.#constants.has(name);
  }

  /** What a node reads that depends on a graph input, its nested graphs included. */
  variables(node: OnnxNode): string[] {
    return tensorsRead(node).filter((name) => !this.isConstant(name));
  }

  /** Whether the graph has a tensor of that name. */
  has(name: string): boolean {
    return (
      this.#producers.has(name) ||
      this.#initializers.has(name) ||
      this.graph.inputs.some((input) => input.name === name)
    );
  }

  /** A tensor's declared sizes: numbers, names of free ones, undefined where not told; nothing if not declared. */
  declaredDims(name: string): readonly (number | string | undefined)[] | undefined {
    return this.#declared.get(name)?.dims ?? this.#initializers.get(name)?.dims;
  }

  /** A tensor's element type: as declared, or by way of the floats that its producer reads; FLOAT if nothing tells. */
  elementType(name: string): number {
    for (let current = name; ;) {
      const known = this.#declared.get(current)?.elemType ?? this.#initializers.get(current)?.dataType;
      if (known !== undefined && known !== DataType.UNDEFINED) return known;
      const node = this.producer(current);
      if (node === undefined) return DataType.FLOAT;
      const own = OUTPUT_TYPES[operatorKey(node)]?.[node.outputs.indexOf(current)];
      if (own !== undefined) return own;
      if (node.opType === 'Cast') return intAttribute(node, 'to', DataType.FLOAT);
      if (node.opType === 'Constant') return constantValue(node)?.dataType ?? DataType.FLOAT;
      const float = node.inputs
        .map((input) => this.stored(input)?.dataType)
        .find((type) => type !== undefined && isFloatType(type));
      if (float !== undefined) return float;
      current = (node.opType === 'Where' ? node.inputs[1] : node.inputs[0]) ?? '';
    }
  }
}

/** The value of a Constant node, in whichever attribute it is written. */
function constantValue(node: OnnxNode): OnnxTensor | undefined {
  const tensor = tensorAttribute(node, 'value');
  if (tensor !== undefined) return tensor;
  const name = node.outputs[0] ?? '';
  for (const { name: key, i, f, ints } of node.attributes) {
    if (key === 'value_int') return { name, dims: [], dataType: DataType.INT64, int64Data: [BigInt(i ?? 0)] };
    if (key === 'value_float') return { name, dims: [], dataType: DataType.FLOAT, floatData: [f ?? 0] };
    if (key === 'value_ints')
      return {
        name,
        dims: [ints?.length ?? 0],
        dataType: DataType.INT64,
        int64Data: (ints ?? []).map(BigInt),
      };
    if (key === 'value_floats') {
      const floats = floatsAttribute(node, key, []);
      return { name, dims: [floats.length], dataType: DataType.FLOAT, floatData: floats };
    }
  }
  return undefined;
}
