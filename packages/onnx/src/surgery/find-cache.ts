import { SakeError } from '@sakejs/spec';

/** A past's input and the output that becomes it in the next step. */
export interface CachePair {
  readonly input: string;
  readonly output: string;
}

/** `past_key_values.0.key` belongs to `present.0.key`, `past_0` to `present_0`. */
const PAST = /^past(_key_values)?(?=[._])/;
/** Other names of a past's successor, by exporter. */
const PRESENTS: readonly string[] = ['present', 'present_key_values'];
/** Lengths and switches that are named after the past, not parts of it. */
const NO_TENSORS: ReadonlySet<string> = new Set(['past_sequence_length', 'past_sequence_lengths']);

/**
 * Pairs the cache's inputs with the outputs that follow on them.
 *
 * @throws {SakeError} `unsupported` for a past without a `present`.
 */
export function findCache(inputs: readonly string[], outputs: ReadonlySet<string>): CachePair[] {
  return inputs
    .filter((name) => PAST.test(name) && !NO_TENSORS.has(name))
    .map((input) => {
      const names = PRESENTS.map((present) => input.replace(PAST, present));
      const output = names.find((name) => outputs.has(name));
      if (output === undefined)
        throw new SakeError(
          'unsupported',
          `findDecoder: expected an output "${names[0]!}" for the input "${input}", got none`,
          { details: { input } },
        );
      return { input, output };
    });
}
