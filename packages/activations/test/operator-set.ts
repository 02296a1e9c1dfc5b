import {
  DataType,
  encodeModel,
  float,
  GraphBuilder,
  int,
  ints,
  makeTensor,
  tensor,
  type AttributeValue,
} from '@sakejs/onnx';

type Attributes = Readonly<Record<string, AttributeValue>>;

/** The first operator set of each version of the file format, newest first. */
const IR_VERSIONS: readonly (readonly [opset: number, ir: number])[] = [
  [23, 11],
  [21, 10],
  [19, 9],
  [15, 8],
  [12, 7],
  [1, 6],
];

const EPSILON = 1e-5;

/** A graph of ai.onnx's operators, each in the form that it has in an operator set from 11 on. */
export class OperatorSet {
  readonly builder: GraphBuilder;
  readonly #opset: number;

  constructor(opset: number, name: string) {
    this.builder = new GraphBuilder(name);
    this.#opset = opset;
  }

  node(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.builder.node(op, inputs, { attributes });
  }

  /** Whole numbers as exporters write them: a node of its own, from set 12 on with the numbers in an attribute. */
  integers(values: readonly number[]): string {
    const value = tensor(makeTensor('', [values.length], values, DataType.INT64));
    return this.node('Constant', [], this.#opset >= 12 ? { value_ints: ints(values) } : { value });
  }

  /** Axes are an attribute, since set 13 an input. */
  squeeze(x: string, axis: number): string {
    return this.#along('Squeeze', x, [axis], 13);
  }

  /** Axes are an attribute, since set 13 an input. */
  unsqueeze(x: string, ...axes: number[]): string {
    return this.#along('Unsqueeze', x, axes, 13);
  }

  /** The mean along the last axis, which is kept. Axes are an attribute, since set 18 an input. */
  mean(x: string): string {
    return this.#along('ReduceMean', x, [-1], 18, { keepdims: int(1) });
  }

  #along(op: string, x: string, axes: readonly number[], since: number, others: Attributes = {}): string {
    return this.#opset >= since
      ? this.node(op, [x, this.integers(axes)], others)
      : this.node(op, [x], { axes: ints(axes), ...others });
  }

  /** Three equal parts along the last axis. Sizes are an attribute, since set 13 an input, since set 18 a count will do. */
  thirds(x: string, size: number): string[] {
    const sizes = [size, size, size];
    return this.builder.nodeOutputs(
      'Split',
      this.#opset >= 13 && this.#opset < 18 ? [x, this.integers(sizes)] : [x],
      {
        outputs: 3,
        attributes: {
          axis: int(-1),
          ...(this.#opset < 13 && { split: ints(sizes) }),
          ...(this.#opset >= 18 && { num_outputs: int(3) }),
        },
      },
    );
  }

  /** One size of a tensor, [1]. Shape takes a range since set 15. */
  size(x: string, axis: number): string {
    if (this.#opset >= 15) return this.node('Shape', [x], { start: int(axis), end: int(axis + 1) });
    return this.node('Slice', [this.node('Shape', [x]), this.integers([axis]), this.integers([axis + 1])]);
  }

  /** A tensor in another shape, whose sizes are tensors [1]. */
  reshape(x: string, ...sizes: string[]): string {
    return this.node('Reshape', [x, this.node('Concat', sizes, { axis: int(0) })]);
  }

  /** Whether a <= b; an operator of its own since set 12. */
  atMost(a: string, b: string): string {
    return this.#opset >= 12
      ? this.node('LessOrEqual', [a, b])
      : this.node('Not', [this.node('Greater', [a, b])]);
  }

  /** An operator of its own since set 17. */
  layerNorm(x: string, scale: string, shift: string): string {
    if (this.#opset >= 17)
      return this.node('LayerNormalization', [x, scale, shift], { axis: int(-1), epsilon: float(EPSILON) });
    const centred = this.node('Sub', [x, this.mean(x)]);
    const variance = this.mean(this.node('Pow', [centred, this.builder.scalar(2)]));
    const spread = this.node('Sqrt', [this.node('Add', [variance, this.builder.scalar(EPSILON)])]);
    return this.node('Add', [this.node('Mul', [this.node('Div', [centred, spread]), scale]), shift]);
  }

  /** The exact GELU; an operator of its own since set 20. */
  gelu(x: string): string {
    if (this.#opset >= 20) return this.node('Gelu', [x]);
    const error = this.node('Erf', [this.node('Div', [x, this.builder.scalar(Math.SQRT2)])]);
    const scaled = this.node('Mul', [x, this.node('Add', [error, this.builder.scalar(1)])]);
    return this.node('Mul', [scaled, this.builder.scalar(0.5)]);
  }

  /** The model's bytes, in the oldest file format that the operator set may lie in. */
  build(): Uint8Array {
    const irVersion = IR_VERSIONS.find(([first]) => this.#opset >= first)![1];
    return encodeModel(this.builder.build({ opset: this.#opset, irVersion }));
  }
}
