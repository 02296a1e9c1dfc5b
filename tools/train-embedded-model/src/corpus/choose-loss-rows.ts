import { SakeError, type Random } from '@sakejs/spec';
import type { PackedBatch } from './pack-batch.js';

/** The positions of a batch whose loss a step computes. */
export interface LossRows {
  /** Distinct positions, ascending. */
  readonly rows: Int32Array<ArrayBuffer>;
  /** Loss weight of each. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** Answers that found no room. */
  readonly answersLeftOut: number;
}

/**
 * Chooses `count` positions of a batch for its loss: every answer, then a uniform sample of the other positions that
 * count, weighed by candidates / sampled, so that the expected loss and gradient are those of the whole batch.
 *
 * More answers than `count` are sampled in the same way, and then nothing else is. Where fewer positions count than
 * `count`, others fill up with weight 0.
 *
 * @throws {SakeError} `invalid-option` when the batch has fewer positions than `count`.
 */
export function chooseLossRows(
  { lossWeights, isAnswer }: Pick<PackedBatch, 'lossWeights' | 'isAnswer'>,
  { count, random }: { readonly count: number; readonly random: Random },
): LossRows {
  const size = lossWeights.length;
  if (!Number.isInteger(count) || count < 1 || count > size)
    throw new SakeError(
      'invalid-option',
      `chooseLossRows: expected a count from 1 to the batch's ${size} positions, got ${count}`,
    );
  const answers: number[] = [];
  const texts: number[] = [];
  const fillers: number[] = [];
  for (let at = 0; at < size; at++)
    (lossWeights[at] === 0 ? fillers : isAnswer[at] === 1 ? answers : texts).push(at);
  const weighed: [at: number, weight: number][] = [];
  const take = (candidates: readonly number[]): void => {
    const room = Math.min(candidates.length, count - weighed.length);
    const factor = candidates.length / room;
    for (const at of sample(candidates, room, random)) weighed.push([at, lossWeights[at]! * factor]);
  };
  take(answers);
  take(texts);
  for (const at of fillers.slice(0, count - weighed.length)) weighed.push([at, 0]);
  weighed.sort(([a], [b]) => a - b);
  return {
    rows: Int32Array.from(weighed, ([at]) => at),
    weights: Float32Array.from(weighed, ([, weight]) => weight),
    answersLeftOut: Math.max(0, answers.length - count),
  };
}

/** `count` of the values without repetition, each subset as likely (the first steps of a Fisher-Yates shuffle). */
function sample(values: readonly number[], count: number, random: Random): readonly number[] {
  if (count === values.length) return values;
  const left = [...values];
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(left.length - i);
    [left[i], left[j]] = [left[j]!, left[i]!];
  }
  return left.slice(0, count);
}
