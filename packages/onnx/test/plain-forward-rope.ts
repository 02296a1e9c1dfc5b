import type { GptJConfig, LlamaConfig, RopeScaling } from '../src/index.js';

/** Turns every head of a row, at one position, by the papers' formulas: returns a new row. */
export function plainRope(
  config: GptJConfig | LlamaConfig,
  row: readonly number[],
  heads: number,
  position: number,
): number[] {
  const { headDim } = config;
  const turned = [...row];
  const width = config.family === 'gptj' ? config.rotaryDim : headDim;
  const scaling = config.family === 'gptj' ? undefined : config.ropeScaling;
  const size = scaling?.type === 'yarn' ? scaling.attentionFactor : 1;
  for (let head = 0; head < heads; head++)
    for (let j = 0; j < width / 2; j++) {
      const angle = position * plainFrequency(j, width, config.ropeTheta, scaling);
      const first = head * headDim + (config.family === 'gptj' ? 2 * j : j);
      const second = config.family === 'gptj' ? first + 1 : first + width / 2;
      const [a, b] = [row[first]!, row[second]!];
      turned[first] = size * (a * Math.cos(angle) - b * Math.sin(angle));
      turned[second] = size * (b * Math.cos(angle) + a * Math.sin(angle));
    }
  return turned;
}

/** Angle that a position adds to pair j, in terms of wavelengths as the models' authors wrote it. */
export function plainFrequency(
  j: number,
  width: number,
  theta: number,
  scaling: RopeScaling | undefined,
): number {
  const frequency = 1 / theta ** ((2 * j) / width);
  if (scaling === undefined) return frequency;
  if (scaling.type === 'linear') return frequency / scaling.factor;
  const wavelength = (2 * Math.PI) / frequency;
  if (scaling.type === 'llama3') {
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
    if (wavelength < originalPositions / high) return frequency;
    if (wavelength > originalPositions / low) return frequency / factor;
    const smooth = (originalPositions / wavelength - low) / (high - low);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  }
  const { factor, originalPositions, betaFast, betaSlow, truncate } = scaling;
  const dimension = (rotations: number): number =>
    (width * Math.log(originalPositions / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
  let [low, high] = [dimension(betaFast), dimension(betaSlow)];
  if (truncate) [low, high] = [Math.floor(low), Math.ceil(high)];
  low = Math.max(low, 0);
  high = Math.min(high, width - 1);
  if (low === high) high += 0.001;
  const ramp = Math.min(1, Math.max(0, (j - low) / (high - low)));
  const extrapolated = 1 - ramp;
  return (frequency / factor) * (1 - extrapolated) + frequency * extrapolated;
}
