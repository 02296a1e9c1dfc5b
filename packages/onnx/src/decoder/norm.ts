import { float, int } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import type { DataType } from '../ir.js';

/** What a norm over the last axis needs. */
export interface NormInputs {
  readonly x: string;
  readonly scale: string;
  /** LayerNorm's; RMSNorm has none. */
  readonly bias?: string;
  readonly epsilon: number;
  readonly type: DataType;
}

/** The bias decides which norm: LayerNorm with one, RMSNorm without. */
export type Norm = (builder: GraphBuilder, inputs: NormInputs, name: string) => string;

/**
 * One node a norm, as runtimes execute it fastest.
 *
 * With `statistics` the node also gives the mean and inverse deviation that a gradient needs. RMSNorm becomes ONNX
 * Runtime's SimplifiedLayerNormalization.
 */
export function fusedNorm(statistics: boolean): Norm {
  return (builder, { x, scale, bias, epsilon }, name) => {
    const attributes = { axis: int(-1), epsilon: float(epsilon) };
    const saved = (statistic: string): string[] =>
      statistics ? [builder.unique(`${name}.${statistic}`)] : [];
    return bias === undefined
      ? builder.node('SimplifiedLayerNormalization', [x, scale], {
          attributes,
          outputs: [name, ...saved('inverse_rms')],
        })
      : builder.node('LayerNormalization', [x, scale, bias], {
          attributes,
          outputs: [name, ...saved('mean'), ...saved('inverse_deviation')],
        });
  };
}

/** Standard elementwise operators only; runtimes recognise the RMSNorm pattern and fuse it. */
export const primitiveNorm: Norm = (builder, { x, scale, bias, epsilon, type }, name) => {
  const mean = (values: string): string =>
    builder.node('ReduceMean', [values, builder.int64s([-1])], { attributes: { keepdims: int(1) } });
  const centred = bias === undefined ? x : builder.node('Sub', [x, mean(x)]);
  const square = builder.node('Pow', [centred, builder.scalar(2, type)]);
  const shifted = builder.node('Add', [mean(square), builder.scalar(epsilon, type)]);
  const normed = builder.node('Div', [centred, builder.node('Sqrt', [shifted])]);
  if (bias === undefined) return builder.node('Mul', [scale, normed], { outputs: [name] });
  return builder.node('Add', [builder.node('Mul', [scale, normed]), bias], { outputs: [name] });
};

/** LayerNorm as its standard operator, RMSNorm, which had none before opset 23, in elementwise operators. */
export const portableNorm: Norm = (builder, inputs, name) =>
  inputs.bias === undefined ? primitiveNorm(builder, inputs, name) : fusedNorm(false)(builder, inputs, name);
