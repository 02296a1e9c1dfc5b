/** A change of rotary frequencies that lets a model read beyond the positions it was first trained on. */
export type RopeScaling =
  /** Chen et al. 2023: every frequency divided by `factor`. */
  | { readonly type: 'linear'; readonly factor: number }
  /** LLaMA 3.1: long waves divided by `factor`, short ones kept, a blend between. */
  | {
      readonly type: 'llama3';
      readonly factor: number;
      /** Waves longer than `originalPositions` / this are divided. */
      readonly lowFrequencyFactor: number;
      /** Waves shorter than `originalPositions` / this are kept. */
      readonly highFrequencyFactor: number;
      readonly originalPositions: number;
    }
  /** Peng et al. 2023: a ramp over the columns between kept and divided, and larger scores. */
  | {
      readonly type: 'yarn';
      readonly factor: number;
      readonly originalPositions: number;
      /** Columns that turn more often than this over the original positions are kept. */
      readonly betaFast: number;
      /** Columns that turn less often than this are divided. */
      readonly betaSlow: number;
      /** Whether the ramp's ends are rounded outwards to whole columns. */
      readonly truncate: boolean;
      /** Factor of cosines and sines. */
      readonly attentionFactor: number;
    };

/** Angles a position adds to each pair of columns, and what cosines and sines are multiplied by. */
export interface RopeFrequencies {
  readonly frequencies: Float64Array;
  readonly amplitude: number;
}

/** Frequencies of `width / 2` pairs: theta^(-2j / width), changed as the scaling says. */
export function ropeFrequencies(
  width: number,
  theta: number,
  scaling: RopeScaling | undefined,
): RopeFrequencies {
  const plain = Float64Array.from({ length: width / 2 }, (_, j) => theta ** ((-2 * j) / width));
  switch (scaling?.type) {
    case undefined:
      return { frequencies: plain, amplitude: 1 };
    case 'linear':
      return { frequencies: plain.map((frequency) => frequency / scaling.factor), amplitude: 1 };
    case 'llama3':
      return { frequencies: plain.map((frequency) => byWavelength(frequency, scaling)), amplitude: 1 };
    case 'yarn':
      return {
        frequencies: plain.map((frequency, j) => {
          const divided = yarnRamp(j, width, theta, scaling);
          return (frequency / scaling.factor) * divided + frequency * (1 - divided);
        }),
        amplitude: scaling.attentionFactor,
      };
  }
}

function byWavelength(frequency: number, scaling: Extract<RopeScaling, { type: 'llama3' }>): number {
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalPositions } = scaling;
  // How often the wave fits into the original positions.
  const turns = (originalPositions * frequency) / (2 * Math.PI);
  if (turns < lowFrequencyFactor) return frequency / factor;
  if (turns > highFrequencyFactor) return frequency;
  const kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return (1 - kept) * (frequency / factor) + kept * frequency;
}

/** How much of column j's frequency is divided: 0 before the ramp, 1 behind it. */
function yarnRamp(
  j: number,
  width: number,
  theta: number,
  scaling: Extract<RopeScaling, { type: 'yarn' }>,
): number {
  const { originalPositions, betaFast, betaSlow, truncate } = scaling;
  const columnOf = (turns: number): number =>
    (width * Math.log(originalPositions / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [columnOf(betaFast), columnOf(betaSlow)];
  const low = Math.max(truncate ? Math.floor(first) : first, 0);
  const high = Math.min(truncate ? Math.ceil(last) : last, width - 1);
  // A ramp without length would divide by 0.
  return Math.min(Math.max((j - low) / (high === low ? 0.001 : high - low), 0), 1);
}
