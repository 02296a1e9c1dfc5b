import { SakeError } from '@sakejs/spec';
import { subgraphs, type AttributeValue } from './attributes.js';
import { DataType, type OnnxGraph, type OnnxModel, type OnnxTensor, type OnnxValueInfo } from './ir.js';
import type { TensorData } from './tensors/element-types.js';
import { makeTensor } from './tensors/make-tensor.js';

export interface NodeOptions {
  attributes?: Readonly<Record<string, AttributeValue>>;
  /** Names of the outputs, or how many to name; 1 by default. '' leaves an optional output out. */
  outputs?: readonly string[] | number;
  /** '' (ai.onnx) by default. */
  domain?: string;
  /** A fresh name made from the operator's by default. */
  name?: string;
}

export interface BuildOptions {
  /** Operator set of ai.onnx. */
  opset: number;
  /** Operator sets of other domains: `{ 'com.microsoft': 1 }`. */
  domains?: Readonly<Record<string, number>>;
  /** 8 by default, which goes with opset 15 to 18 and is read by every current runtime. */
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  metadata?: Readonly<Record<string, string>>;
}

/** A size, a name for a free one, or nothing. */
export type Dimension = number | string | undefined;

const SMALL = 16;

/**
 * Builds an ONNX graph, or appends to an existing one in place.
 *
 * Names handed out never collide with a name used in the graph, nested graphs included.
 */
export class GraphBuilder {
  readonly graph: OnnxGraph;
  /** Every name in use, node names included. */
  readonly #names: Set<string>;
  /** Tensors that an input, an initializer or a node already provides. */
  readonly #produced: Set<string>;
  readonly #counts = new Map<string, number>();
  readonly #smallConstants = new Map<string, string>();

  constructor(graph: OnnxGraph | string = 'graph') {
    this.graph =
      typeof graph === 'string'
        ? { name: graph, nodes: [], initializers: [], inputs: [], outputs: [], valueInfo: [] }
        : graph;
    this.#names = namesOf(this.graph);
    this.#produced = producedIn(this.graph);
  }

  /** A fresh name: the prefix itself, or the prefix and a number. */
  unique(prefix: string): string {
    let name = prefix;
    let count = this.#counts.get(prefix) ?? 0;
    while (this.#names.has(name)) name = `${prefix}_${++count}`;
    this.#counts.set(prefix, count);
    this.#names.add(name);
    return name;
  }

  /** Appends a node; returns its first output's name. An undefined input is left out. */
  node(opType: string, inputs: readonly (string | undefined)[], options: NodeOptions = {}): string {
    return this.nodeOutputs(opType, inputs, options)[0]!;
  }

  /** As {@link node}, returning the names of all outputs. */
  nodeOutputs(opType: string, inputs: readonly (string | undefined)[], options: NodeOptions = {}): string[] {
    const { attributes = {}, outputs = 1, domain = '' } = options;
    const name = this.unique(options.name ?? opType);
    const outputNames =
      typeof outputs === 'number'
        ? Array.from({ length: outputs }, (_, i) =>
            this.unique(outputs === 1 ? `${name}_out` : `${name}_out${i}`),
          ).map((output) => this.#claim(output))
        : outputs.map((output) => (output === '' ? '' : this.#claim(output)));
    this.graph.nodes.push({
      opType,
      domain,
      name,
      inputs: inputs.map((input) => input ?? ''),
      outputs: outputNames,
      attributes: Object.entries(attributes).map(([key, value]) => ({ name: key, ...value })),
    });
    return outputNames;
  }

  /** Adds an initializer; returns its name. */
  initializer(tensor: OnnxTensor): string {
    this.#claim(tensor.name);
    this.graph.initializers.push(tensor);
    return tensor.name;
  }

  /**
   * Adds a constant; returns its name.
   *
   * Small unnamed constants of equal type, shape and values share one initializer.
   */
  constant(
    data: TensorData | readonly number[],
    dims: readonly number[],
    options: { name?: string; type?: DataType } = {},
  ): string {
    const tensor = makeTensor(options.name ?? '', dims, data, options.type);
    if (options.name !== undefined) return this.initializer(tensor);
    if (data.length > SMALL) return this.initializer({ ...tensor, name: this.unique('constant') });
    const key = `${tensor.dataType}:${dims.join(',')}:${tensor.rawData!.join(',')}`;
    const known = this.#smallConstants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer({ ...tensor, name: this.unique('constant') });
    this.#smallConstants.set(key, name);
    return name;
  }

  /** Adds a scalar constant, FLOAT by default. */
  scalar(value: number, type: DataType = DataType.FLOAT): string {
    return this.constant([value], [], { type });
  }

  /** Adds a vector of INT64: axes, shapes, slice bounds. */
  int64s(values: readonly number[]): string {
    return this.constant(values, [values.length], { type: DataType.INT64 });
  }

  /** Declares a graph input; returns its name. */
  input(name: string, elemType: DataType, dims: readonly Dimension[]): string {
    this.#claim(name);
    this.graph.inputs.push(tensorInfo(name, elemType, dims));
    return name;
  }

  /** Declares a tensor of the graph as an output. */
  output(name: string, elemType: DataType, dims?: readonly Dimension[]): void {
    if (!this.#names.has(name))
      throw new SakeError('not-found', `GraphBuilder.output: expected a tensor of the graph, got "${name}"`);
    this.graph.outputs.push(tensorInfo(name, elemType, dims));
  }

  /** A model of the graph as it stands (not copied). */
  build(options: BuildOptions): OnnxModel {
    const {
      opset,
      domains = {},
      irVersion = 8,
      producerName = 'sakejs',
      producerVersion,
      metadata,
    } = options;
    return {
      irVersion,
      opsetImports: [
        { domain: '', version: opset },
        ...Object.entries(domains).map(([domain, version]) => ({ domain, version })),
      ],
      graph: this.graph,
      producerName,
      ...(producerVersion === undefined ? {} : { producerVersion }),
      ...(metadata === undefined
        ? {}
        : { metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })) }),
    };
  }

  /** Takes a name that the caller chose; names from {@link unique} pass once more. */
  #claim(name: string): string {
    if (this.#produced.has(name))
      throw new SakeError(
        'already-exists',
        `GraphBuilder: expected a new tensor name, got "${name}", which the graph has; use unique()`,
      );
    this.#names.add(name);
    this.#produced.add(name);
    return name;
  }
}

/** Description of a tensor: element type and, when given, shape. */
export function tensorInfo(name: string, elemType: DataType, dims?: readonly Dimension[]): OnnxValueInfo {
  const shape = dims?.map((dim) =>
    typeof dim === 'number' ? { value: dim } : dim === undefined ? {} : { param: dim },
  );
  return { name, type: { tensor: { elemType, ...(shape === undefined ? {} : { shape }) } } };
}

function producedIn(graph: OnnxGraph): Set<string> {
  return new Set([
    ...graph.initializers.map(({ name }) => name),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')),
  ]);
}

function namesOf(graph: OnnxGraph): Set<string> {
  const names = new Set<string>();
  const visit = (part: OnnxGraph): void => {
    for (const { name } of [...part.initializers, ...part.inputs, ...part.outputs]) names.add(name);
    for (const node of part.nodes) {
      for (const name of [node.name, ...node.inputs, ...node.outputs]) names.add(name);
      subgraphs(node).forEach(visit);
    }
  };
  visit(graph);
  return names;
}
