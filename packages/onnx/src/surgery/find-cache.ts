import { SakeError } from '@sakejs/spec';
import { isFloatType } from '../tensors/float-types.js';
import { followPast } from './follow-past.js';
import type { GraphIndex } from './graph-index.js';

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
 * Pairs the cache's inputs with the outputs that follow on them: by their usual names, otherwise by what they grow into.
 *
 * @throws {SakeError} `unsupported` for a past without a `present`.
 */
export function findCache(index: GraphIndex, inputs: readonly string[]): CachePair[] {
  const outputs = new Set(index.graph.outputs.map(({ name }) => name));
  return inputs.flatMap((input): CachePair[] => {
    const named = PAST.test(input) && !NO_TENSORS.has(input);
    const names = named ? PRESENTS.map((present) => input.replace(PAST, present)) : [];
    const output =
      names.find((name) => outputs.has(name)) ??
      (named || holdsStates(index, input) ? followPast(index, input) : undefined);
    if (output !== undefined) return [{ input, output }];
    if (!named) return [];
    throw new SakeError(
      'unsupported',
      `findDecoder: expected an output "${names[0]!}" for the input "${input}", or one that it grows into, got none`,
      { details: { input } },
    );
  });
}

/** Whether an input may be a past whatever its name: floats by batch, position and more. */
function holdsStates(index: GraphIndex, input: string): boolean {
  return isFloatType(index.elementType(input)) && (index.declaredDims(input)?.length ?? 0) > 2;
}
