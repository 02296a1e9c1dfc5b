import { createRandom, SakeError, type GenerateOptions } from '@sakejs/spec';
import { rankedTokens } from './ranked-tokens.js';

/** Chooses the next token from logits [vocabulary]. */
export type Sampler = (logits: Float32Array) => number;

/** The settings of {@link GenerateOptions} that decide which token comes next. */
export type SamplingOptions = Pick<GenerateOptions, 'temperature' | 'topK' | 'topP' | 'seed'>;

/**
 * Index of the largest value; ties go to the lowest index.
 *
 * @throws {SakeError} `numerical` when no value is finite or one is NaN.
 */
export function argmax(values: Float32Array): number {
  let best = -1;
  let top = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isNaN(value))
      throw new SakeError('numerical', `argmax: expected numbers, got NaN at index ${index}`);
    if (value > top) {
      top = value;
      best = index;
    }
  }
  if (best < 0 || top === Infinity)
    throw new SakeError('numerical', 'argmax: expected a finite largest value, got none');
  return best;
}

/** log softmax(logits)[token] = logits[token] − log Σ exp(logits), natural log, summed in float64. */
export function logProbability(logits: Float32Array, token: number): number {
  const top = logits[argmax(logits)]!;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - top);
  return logits[token]! - top - Math.log(sum);
}

/**
 * A sampler: greedy at temperature 0, else a draw from softmax(logits / temperature) over the `topK` most probable
 * tokens, of these over the fewest whose probabilities reach `topP`. One random number a token; equal logits rank by
 * token id, so a seed gives one text.
 *
 * @throws {SakeError} `invalid-option` for a negative temperature, topK below 1 or topP outside (0, 1].
 */
export function createSampler(options: SamplingOptions = {}): Sampler {
  const { temperature = 0, topK, topP, seed = 0 } = options;
  const check = (name: string, ok: boolean, expected: string, value: unknown): void => {
    if (!ok)
      throw new SakeError('invalid-option', `generate: expected ${name} ${expected}, got ${String(value)}`);
  };
  check('temperature', Number.isFinite(temperature) && temperature >= 0, '>= 0', temperature);
  check('topK', topK === undefined || (Number.isInteger(topK) && topK >= 1), 'a whole number >= 1', topK);
  check('topP', topP === undefined || (topP > 0 && topP <= 1), 'in (0, 1]', topP);
  if (temperature === 0) return argmax;
  const random = createRandom(seed);

  return (logits) => {
    const top = logits[argmax(logits)]!;
    const weights = Float64Array.from(logits, (value) => Math.exp((value - top) / temperature));
    const candidates = candidatesOf(logits, weights, topK, topP);
    const total = candidates.reduce((sum, token) => sum + weights[token]!, 0);
    let left = random.next() * total;
    for (const token of candidates) {
      left -= weights[token]!;
      if (left < 0) return token;
    }
    return candidates.findLast((token) => weights[token]! > 0)!;
  };
}

/** The tokens to draw from: all by id, or the most probable by rank. */
function candidatesOf(
  logits: Float32Array,
  weights: Float64Array,
  topK: number | undefined,
  topP: number | undefined,
): number[] {
  if (topK === undefined && topP === undefined) return Array.from(weights.keys());
  const most = Math.min(topK ?? weights.length, weights.length);
  const ranked = rankedTokens(logits);
  const take = (): number => ranked.next().value!;
  if (topK !== undefined && topP === undefined) return Array.from({ length: most }, take);
  const taken = topK === undefined ? [] : Array.from({ length: most }, take);
  const whole = topK === undefined ? [...weights] : taken.map((token) => weights[token]!);
  const enough = topP! * whole.reduce((sum, weight) => sum + weight, 0);
  const kept: number[] = [];
  for (let sum = 0; kept.length < most && (sum < enough || kept.length === 0);) {
    const token = taken[kept.length] ?? take();
    kept.push(token);
    sum += weights[token]!;
  }
  return kept;
}
