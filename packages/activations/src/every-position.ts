import { SakeError } from '@sakejs/spec';

/**
 * States of all positions, as they came.
 *
 * @throws {SakeError} `unsupported` for fewer or more: a graph that selects some positions before its final norm.
 */
export function everyPosition(
  states: Float32Array,
  positions: number,
  hiddenSize: number,
  tensor: string,
): Float32Array {
  if (states.length === positions * hiddenSize) return states;
  throw new SakeError(
    'unsupported',
    `forward: expected the states of ${positions} positions, [.., ${hiddenSize}], from ${tensor}, got those of ` +
      `${states.length / hiddenSize}; the graph selects positions before its final norm: export it with the logits of every position`,
    { details: { tensor } },
  );
}
