import { int } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import type { DataType } from '../ir.js';

/** Cosines and sines of rotary positions, each [positions, headDim], row-major. */
export interface RotaryTables {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** Tensors of cosines and signed sines, [batch, 1, length, headDim]. */
export interface RotaryInputs {
  readonly cos: string;
  readonly signedSin: string;
}

/**
 * Rotary tables of the given positions: column j and j + headDim/2 hold angle p · theta^(-2j / headDim).
 *
 * Su et al. 2021, in the half-rotation order of LLaMA as Hugging Face stores it.
 */
export function rotaryTables(
  config: { readonly headDim: number; readonly ropeTheta: number },
  positions: ArrayLike<number>,
): RotaryTables {
  const { headDim, ropeTheta } = config;
  const half = headDim / 2;
  const cos = new Float64Array(positions.length * headDim);
  const sin = new Float64Array(positions.length * headDim);
  for (let row = 0; row < positions.length; row++) {
    for (let column = 0; column < headDim; column++) {
      const angle = positions[row]! * ropeTheta ** ((-2 * (column % half)) / headDim);
      cos[row * headDim + column] = Math.cos(angle);
      sin[row * headDim + column] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** Prepares tables [batch, length, headDim] for all layers: sines of the first half change sign. */
export function rotaryInputs(
  builder: GraphBuilder,
  tables: { cos: string; sin: string },
  headDim: number,
  type: DataType,
): RotaryInputs {
  const signs = Array.from({ length: headDim }, (_, column) => (column < headDim / 2 ? -1 : 1));
  const signed = builder.node('Mul', [tables.sin, builder.constant(signs, [headDim], { type })]);
  const heads = builder.int64s([1]);
  return {
    cos: builder.node('Unsqueeze', [tables.cos, heads]),
    signedSin: builder.node('Unsqueeze', [signed, heads]),
  };
}

/** x·cos + swap(x)·signedSin for x [batch, heads, length, headDim], where swap exchanges the halves. */
export function rotate(builder: GraphBuilder, x: string, { cos, signedSin }: RotaryInputs): string {
  const [first, second] = builder.nodeOutputs('Split', [x], {
    attributes: { axis: int(-1), num_outputs: int(2) },
    outputs: 2,
  });
  const swapped = builder.node('Concat', [second, first], { attributes: { axis: int(-1) } });
  return builder.node('Add', [builder.node('Mul', [x, cos]), builder.node('Mul', [swapped, signedSin])]);
}
