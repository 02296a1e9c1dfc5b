import { int } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import { DataType } from '../ir.js';
import type { RotaryDecoderConfig } from './config.js';
import { ropeFrequencies, type RopeFrequencies, type RopeScaling } from './rope-frequencies.js';

/** What rotary tables depend on; every rotary {@link DecoderConfig} has it. */
export interface RotaryPositions {
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly ropeScaling?: RopeScaling;
  /** The first columns of a head, which turn with their neighbours; by default all turn, by halves. */
  readonly rotaryDim?: number;
}

/** Cosines and sines of rotary positions, each [positions, headDim], row-major. */
export interface RotaryTables {
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** Tensors of cosines and signed sines, [batch, 1, length, headDim]. */
export interface RotaryInputs {
  readonly cos: string;
  readonly signedSin: string;
  /** Each column's partner, int64 [headDim]; absent where the halves are exchanged. */
  readonly partners?: string;
}

/**
 * Rotary tables of the given positions: column j and j + headDim/2 hold angle p · theta^(-2j / headDim).
 *
 * Su et al. 2021, in the half-rotation order of LLaMA as Hugging Face stores it. With `rotaryDim`, columns 2j and 2j+1
 * hold angle p · theta^(-2j / rotaryDim), GPT-J's order, and those from `rotaryDim` on do not turn. With `ropeScaling`
 * the frequencies, and YaRN's also the size of all values, change.
 */
export function rotaryTables(config: RotaryPositions, positions: ArrayLike<number>): RotaryTables {
  return tablesOf(config, frequenciesOf(config), positions);
}

/** The frequencies of a decoder's positions. */
export function frequenciesOf({
  headDim,
  ropeTheta,
  ropeScaling,
  rotaryDim,
}: RotaryPositions): RopeFrequencies {
  return ropeFrequencies(rotaryDim ?? headDim, ropeTheta, ropeScaling);
}

/** Tables of given frequencies. */
export function tablesOf(
  { headDim, rotaryDim }: Pick<RotaryPositions, 'headDim' | 'rotaryDim'>,
  { frequencies, amplitude }: RopeFrequencies,
  positions: ArrayLike<number>,
): RotaryTables {
  const cos = new Float64Array(positions.length * headDim).fill(1);
  const sin = new Float64Array(positions.length * headDim);
  for (let row = 0; row < positions.length; row++) {
    for (let column = 0; column < (rotaryDim ?? headDim); column++) {
      const pair = rotaryDim === undefined ? column % (headDim / 2) : Math.floor(column / 2);
      const angle = positions[row]! * frequencies[pair]!;
      cos[row * headDim + column] = amplitude * Math.cos(angle);
      sin[row * headDim + column] = amplitude * Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** Prepares tables [batch, length, headDim] for all layers: sines of each pair's first column change sign. */
export function rotaryInputs(
  builder: GraphBuilder,
  tables: { cos: string; sin: string },
  config: Pick<RotaryPositions, 'headDim' | 'rotaryDim'>,
  type: DataType,
): RotaryInputs {
  const { headDim, rotaryDim } = config;
  const isFirst = (column: number): boolean =>
    rotaryDim === undefined ? column < headDim / 2 : column % 2 === 0;
  const columns = Array.from({ length: headDim }, (_, column) => column);
  const signs = columns.map((column) => (isFirst(column) ? -1 : 1));
  const signed = builder.node('Mul', [tables.sin, builder.constant(signs, [headDim], { type })]);
  const heads = builder.int64s([1]);
  return {
    cos: builder.node('Unsqueeze', [tables.cos, heads]),
    signedSin: builder.node('Unsqueeze', [signed, heads]),
    ...(rotaryDim === undefined
      ? {}
      : {
          partners: builder.int64s(
            columns.map((column) => (column < rotaryDim ? column + (column % 2 === 0 ? 1 : -1) : column)),
          ),
        }),
  };
}

/** x·cos + swap(x)·signedSin for x [batch, heads, length, headDim], where swap exchanges each pair's columns. */
export function rotate(builder: GraphBuilder, x: string, { cos, signedSin, partners }: RotaryInputs): string {
  const swapped =
    partners === undefined
      ? swapHalves(builder, x)
      : builder.node('Gather', [x, partners], { attributes: { axis: int(-1) } });
  return builder.node('Add', [builder.node('Mul', [x, cos]), builder.node('Mul', [swapped, signedSin])]);
}

function swapHalves(builder: GraphBuilder, x: string): string {
  const [first, second] = builder.nodeOutputs('Split', [x], {
    attributes: { axis: int(-1), num_outputs: int(2) },
    outputs: 2,
  });
  return builder.node('Concat', [second, first], { attributes: { axis: int(-1) } });
}

/** Tables of one value a column up to this size stand in the graph whole: LLaMA 2's 4096 positions do. */
const WHOLE_TABLE = 2 ** 20;
const STEP = 256;

/**
 * Cosines and sines at the positions asked for, from tables of all positions.
 *
 * Where those would be large, positions are taken apart as 256·a + b, and the angles' sum is computed from two small
 * tables: cos(x + y) = cos x · cos y - sin x · sin y. That keeps float32's accuracy at any position.
 */
export function gatherRotary(
  builder: GraphBuilder,
  config: RotaryDecoderConfig,
  positions: string,
): RotaryInputs {
  const { headDim, maxPositions } = config;
  const frequencies = frequenciesOf(config);
  const gather = (
    suffix: string,
    count: number,
    step: number,
    { amplitude }: { amplitude: number },
    indices: string,
  ): { cos: string; sin: string } => {
    const tables = tablesOf(
      config,
      { ...frequencies, amplitude },
      Array.from({ length: count }, (_, row) => row * step),
    );
    const rows = (name: 'cos' | 'sin'): string => {
      const table = builder.constant(tables[name], [count, headDim], {
        name: `rotary.${name}${suffix}`,
        type: DataType.FLOAT,
      });
      return builder.node('Gather', [table, indices]);
    };
    return { cos: rows('cos'), sin: rows('sin') };
  };
  if (maxPositions * headDim <= WHOLE_TABLE) {
    const whole = gather('', maxPositions, 1, frequencies, positions);
    return rotaryInputs(builder, whole, config, DataType.FLOAT);
  }
  const step = builder.scalar(STEP, DataType.INT64);
  const block = builder.node('Div', [positions, step]);
  const rest = builder.node('Sub', [positions, builder.node('Mul', [block, step])]);
  const coarse = gather('.coarse', Math.ceil(maxPositions / STEP), STEP, frequencies, block);
  const fine = gather('.fine', STEP, 1, { amplitude: 1 }, rest);
  const product = (a: string, b: string): string => builder.node('Mul', [a, b]);
  const sum = {
    cos: builder.node('Sub', [product(coarse.cos, fine.cos), product(coarse.sin, fine.sin)]),
    sin: builder.node('Add', [product(coarse.sin, fine.cos), product(coarse.cos, fine.sin)]),
  };
  return rotaryInputs(builder, sum, config, DataType.FLOAT);
}
