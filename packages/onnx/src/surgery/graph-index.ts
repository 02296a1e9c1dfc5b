import { intAttribute, subgraphs, tensorAttribute } from '../attributes.js';
import { DataType, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../ir.js';
import { isFloatType } from '../tensors/float-types.js';

/** Who makes each tensor of a graph, and what is constant. */
export class GraphIndex {
  readonly graph: OnnxGraph;
  readonly #producers = new Map<string, number>();
  readonly #initializers: ReadonlyMap<string, OnnxTensor>;
  readonly #constants: Set<string>;

  constructor(graph: OnnxGraph) {
    this.graph = graph;
    this.#initializers = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
    this.#constants = new Set(this.#initializers.keys());
    for (const [position, node] of graph.nodes.entries()) {
      // Nodes are listed after what they read, so one pass decides.
      const constant = subgraphs(node).length === 0 && node.inputs.every((name) => this.isConstant(name));
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

  /** Whether a tensor depends on no graph input; true of inputs that are left out. */
  isConstant(name: string): boolean {
    return name === '' || this.#constants.has(name);
  }

  /** Inputs of a node that depend on a graph input. */
  variables(node: OnnxNode): string[] {
    return node.inputs.filter((name) => !this.isConstant(name));
  }

  /** Whether the graph has a tensor of that name. */
  has(name: string): boolean {
    return (
      this.#producers.has(name) ||
      this.#initializers.has(name) ||
      this.graph.inputs.some((input) => input.name === name)
    );
  }

  /** A tensor's element type: as declared, or by way of the floats that its producer reads; FLOAT if nothing tells. */
  elementType(name: string): number {
    const declared = [...this.graph.inputs, ...this.graph.outputs, ...this.graph.valueInfo];
    for (let current = name; ;) {
      const known =
        declared.find((value) => value.name === current)?.type?.tensor?.elemType ??
        this.#initializers.get(current)?.dataType;
      if (known !== undefined && known !== DataType.UNDEFINED) return known;
      const node = this.producer(current);
      if (node === undefined) return DataType.FLOAT;
      if (node.opType === 'Cast') return intAttribute(node, 'to', DataType.FLOAT);
      if (node.opType === 'Constant') return tensorAttribute(node, 'value')?.dataType ?? DataType.FLOAT;
      const float = node.inputs
        .map((input) => this.#initializers.get(input)?.dataType)
        .find((type) => type !== undefined && isFloatType(type));
      if (float !== undefined) return float;
      current = node.inputs[0]!;
    }
  }
}

/** Every outer tensor that a node may read, by its inputs or from inside its nested graphs. */
export function tensorsRead(node: OnnxNode): string[] {
  const nested = subgraphs(node).flatMap((graph) => [
    ...graph.nodes.flatMap(tensorsRead),
    ...graph.outputs.map(({ name }) => name),
  ]);
  return [...node.inputs, ...nested].filter((name) => name !== '');
}
