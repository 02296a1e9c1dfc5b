import type { GraphBuilder } from '../graph-builder.js';
import type { DataType } from '../ir.js';

/** Appends an activation to a graph; returns its output. */
type Activation = (builder: GraphBuilder, x: string, type: DataType) => string;

/** x·σ(2√(2/π)(x + 0.044715x³)), which is the tanh form of GELU with fewer nodes. */
const geluTanh: Activation = (builder, x, type) => {
  const scale = 2 * Math.sqrt(2 / Math.PI);
  const square = builder.node('Mul', [x, x]);
  const cubic = builder.node('Mul', [square, builder.scalar(scale * 0.044715, type)]);
  const slope = builder.node('Add', [cubic, builder.scalar(scale, type)]);
  return gate(builder, x, builder.node('Mul', [x, slope]));
};

/** x·Φ(x), by the error function. */
const geluExact: Activation = (builder, x, type) => {
  const erf = builder.node('Erf', [builder.node('Mul', [x, builder.scalar(Math.SQRT1_2, type)])]);
  const twice = builder.node('Add', [erf, builder.scalar(1, type)]);
  return builder.node('Mul', [builder.node('Mul', [x, twice]), builder.scalar(0.5, type)]);
};

const silu: Activation = (builder, x) => gate(builder, x, x);

const quickGelu: Activation = (builder, x, type) =>
  gate(builder, x, builder.node('Mul', [x, builder.scalar(1.702, type)]));

const relu: Activation = (builder, x) => builder.node('Relu', [x]);

const reluSquared: Activation = (builder, x) => {
  const positive = builder.node('Relu', [x]);
  return builder.node('Mul', [positive, positive]);
};

/** x·σ(z) */
function gate(builder: GraphBuilder, x: string, z: string): string {
  return builder.node('Mul', [x, builder.node('Sigmoid', [z])]);
}

/** Activations by the names that Hugging Face configurations use. */
const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = {
  gelu: geluExact,
  gelu_python: geluExact,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  quick_gelu: quickGelu,
  relu,
  relu2: reluSquared,
  sigmoid: (builder, x) => builder.node('Sigmoid', [x]),
  silu,
  swish: silu,
  tanh: (builder, x) => builder.node('Tanh', [x]),
};

/** Name of an activation, as in `activation_function` and `hidden_act`. */
export type ActivationName =
  | 'gelu'
  | 'gelu_python'
  | 'gelu_new'
  | 'gelu_fast'
  | 'gelu_pytorch_tanh'
  | 'quick_gelu'
  | 'relu'
  | 'relu2'
  | 'sigmoid'
  | 'silu'
  | 'swish'
  | 'tanh';

/** Every name that {@link activate} knows. */
export const activationNames: readonly ActivationName[] = Object.keys(ACTIVATIONS) as ActivationName[];

/** Whether a decoder with that activation can be built. */
export function isActivationName(name: unknown): name is ActivationName {
  return typeof name === 'string' && Object.hasOwn(ACTIVATIONS, name);
}

/** Appends the named activation; returns its output, of x's shape. */
export function activate(builder: GraphBuilder, name: ActivationName, x: string, type: DataType): string {
  return ACTIVATIONS[name](builder, x, type);
}
