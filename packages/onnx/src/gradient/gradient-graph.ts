import { SakeError } from '@sakejs/spec';
import { int, ints, tensor, type AttributeValue } from '../attributes.js';
import { tensorInfo, type Dimension, type GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxNode } from '../ir.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { outputFacts } from './facts/infer-facts.js';
import { knownNumbers, NOTHING, type TensorFacts } from './facts/tensor-facts.js';

export const MICROSOFT = 'com.microsoft';

export interface GradientGraphOptions {
  readonly builder: GraphBuilder;
  /** Facts of the forward graph; those of appended tensors are added. */
  readonly facts: Map<string, TensorFacts>;
  /** Operator set of ai.onnx. */
  readonly opset: number;
  readonly fused: boolean;
}

/** The graph that gradient rules append to, with what is known of its tensors. */
export class GradientGraph {
  readonly opset: number;
  /** Whether ONNX Runtime's own operators (FusedMatMul) may be used. */
  readonly fused: boolean;
  /** Whether one has been. */
  usesMicrosoft = false;
  readonly #builder: GraphBuilder;
  readonly #facts: Map<string, TensorFacts>;
  readonly #shapes = new Map<string, string>();

  constructor({ builder, facts, opset, fused }: GradientGraphOptions) {
    this.#builder = builder;
    this.#facts = facts;
    this.opset = opset;
    this.fused = fused;
  }

  /** Appends a node of ai.onnx; returns its first output. */
  op(
    opType: string,
    inputs: readonly (string | undefined)[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = '',
  ): string {
    return this.ops(opType, inputs, attributes, 1, domain)[0]!;
  }

  /** As {@link op}, for a node of several outputs. */
  ops(
    opType: string,
    inputs: readonly (string | undefined)[],
    attributes: Readonly<Record<string, AttributeValue>>,
    outputs: number,
    domain = '',
  ): string[] {
    if (domain === MICROSOFT) this.usesMicrosoft = true;
    const names = this.#builder.nodeOutputs(opType, inputs, {
      domain,
      attributes,
      outputs,
      name: `gradient/${opType}`,
    });
    const node = this.#builder.graph.nodes.at(-1)!;
    const found = outputFacts(
      node,
      inputs.map((name) => this.facts(name)),
      this.opset,
    );
    names.forEach((name, i) => this.#facts.set(name, found[i] ?? NOTHING));
    return names;
  }

  facts(name: string | undefined): TensorFacts {
    return (name === undefined ? undefined : this.#facts.get(name)) ?? NOTHING;
  }

  dims(name: string): readonly Dimension[] | undefined {
    return this.facts(name).dims;
  }

  /** @throws {SakeError} `unsupported` when the rank is not known. */
  rank(name: string): number {
    const rank = this.dims(name)?.length;
    if (rank === undefined) throw unknown('rank', name);
    return rank;
  }

  /** Notes the rank that an operator demands of a tensor. */
  assumeRank(name: string, rank: number): void {
    const facts = this.facts(name);
    if (facts.dims === undefined)
      this.#known(name, { ...facts, dims: Array<Dimension>(rank).fill(undefined) });
  }

  /** @throws {SakeError} `unsupported` when the element type is not known. */
  dtype(name: string): DataType {
    const dtype = this.facts(name).dtype;
    if (dtype === undefined) throw unknown('element type', name);
    return dtype as DataType;
  }

  /** Values of a small constant. */
  values(name: string | undefined): number[] | undefined {
    return knownNumbers(this.facts(name).values);
  }

  /** A scalar constant in the type of a tensor. */
  scalar(value: number, like: string): string {
    return this.#known(this.#builder.scalar(value, this.dtype(like)), {
      dims: [],
      values: [value],
      dtype: this.dtype(like),
    });
  }

  /** An INT64 vector. */
  int64s(values: readonly number[]): string {
    return this.#known(this.#builder.int64s(values), {
      dims: [values.length],
      values,
      dtype: DataType.INT64,
    });
  }

  /** An INT64 scalar. */
  int64(value: number): string {
    return this.#known(this.#builder.scalar(value, DataType.INT64), {
      dims: [],
      values: [value],
      dtype: DataType.INT64,
    });
  }

  /** factor · x, without a node for 1. */
  scale(x: string, factor: number): string {
    if (factor === 1) return x;
    return factor === -1 ? this.op('Neg', [x]) : this.op('Mul', [x, this.scalar(factor, x)]);
  }

  /** A tensor's shape: a constant where it is known, else computed once. */
  shapeOf(name: string): string {
    const known = knownNumbers(this.dims(name));
    if (known !== undefined) return this.int64s(known);
    const shape = this.#shapes.get(name) ?? this.op('Shape', [name]);
    this.#shapes.set(name, shape);
    return shape;
  }

  /** x in the shape of a tensor of as many elements. */
  reshapeAs(x: string, target: string): string {
    const dims = this.dims(target);
    if (dims !== undefined && sameDims(this.dims(x), dims)) return x;
    const free = dims?.filter((dim) => typeof dim !== 'number' || dim === 0).length;
    const shape =
      dims !== undefined && free === 1 && !dims.includes(0)
        ? this.int64s(dims.map((dim) => (typeof dim === 'number' ? dim : -1)))
        : this.shapeOf(target);
    return this.#known(this.op('Reshape', [x, shape]), { dtype: this.facts(x).dtype, dims });
  }

  /** Sum over axes. */
  reduceSum(x: string, axes: readonly number[], keepdims: boolean): string {
    return this.op('ReduceSum', [x, this.int64s(axes)], { keepdims: int(Number(keepdims)) });
  }

  /** Mean over axes, kept with size 1. */
  reduceMean(x: string, axes: readonly number[]): string {
    return this.opset < 18
      ? this.op('ReduceMean', [x], { axes: ints(axes), keepdims: int(1) })
      : this.op('ReduceMean', [x, this.int64s(axes)], { keepdims: int(1) });
  }

  /** Whether a node of that operator reads a tensor. */
  isReadBy(opType: string, name: string): boolean {
    return this.#builder.graph.nodes.some((node) => node.opType === opType && node.inputs.includes(name));
  }

  /** A truth value as 0 or 1 in the type of a tensor. */
  indicator(condition: string, like: string): string {
    return this.op('Cast', [condition], { to: int(this.dtype(like)) });
  }

  /** Zeros in the shape and type of a tensor. */
  zerosLike(name: string): string {
    return this.filled(this.shapeOf(name), 0, name);
  }

  /** A constant in a computed shape, in the type of a tensor. */
  filled(shape: string, value: number, like: string): string {
    const fill = makeTensor('', [1], [value], this.dtype(like));
    return this.op('ConstantOfShape', [shape], { value: tensor(fill) });
  }

  /**
   * The name of a node's optional output, which is added to the node when it lacks it.
   *
   * @param facts What is known of it.
   */
  forwardOutput(node: OnnxNode, index: number, facts: TensorFacts): string {
    const present = node.outputs[index];
    if (present !== undefined && present !== '') return present;
    while (node.outputs.length < index) node.outputs.push('');
    node.outputs[index] = this.#builder.unique(`${node.outputs[0]}/output${index}`);
    return this.#known(node.outputs[index], facts);
  }

  /** Declares a graph input. */
  input(name: string, dtype: DataType, dims: readonly Dimension[] | undefined): string {
    this.#builder.input(name, dtype, dims ?? []);
    if (dims === undefined) this.#builder.graph.inputs.splice(-1, 1, tensorInfo(name, dtype));
    return this.#known(name, { dtype, dims });
  }

  /** Renames a tensor that this graph appended and makes it an output. */
  output(tensor: string, name: string): string {
    const rename = (old: string): string => (old === tensor ? name : old);
    for (const node of this.#builder.graph.nodes) {
      node.inputs = node.inputs.map(rename);
      node.outputs = node.outputs.map(rename);
    }
    const facts = this.facts(tensor);
    this.#builder.output(name, this.dtype(tensor), facts.dims);
    return this.#known(name, facts);
  }

  /** @throws {SakeError} `unsupported` when the model's operator set is older. */
  requireOpset(version: number, feature: string): void {
    if (this.opset < version)
      throw new SakeError(
        'unsupported',
        `differentiate: expected operator set ${version} or newer for ${feature}, got ${this.opset}; export the model again with a newer one`,
      );
  }

  #known(name: string, facts: TensorFacts): string {
    this.#facts.set(name, facts);
    return name;
  }
}

/** Whether two shapes are known to be equal. */
export function sameDims(a: readonly Dimension[] | undefined, b: readonly Dimension[] | undefined): boolean {
  return (
    a !== undefined && a.length === b?.length && a.every((dim, axis) => dim !== undefined && dim === b[axis])
  );
}

function unknown(what: string, name: string): SakeError {
  return new SakeError(
    'unsupported',
    `differentiate: expected the ${what} of "${name}" to be known, got none; declare it in value_info or give its shape in the option shapes`,
  );
}
