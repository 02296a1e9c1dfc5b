import { formatDuration } from '@sakejs/terminal';

/** What a run of `reproduce` takes. */
export interface Estimate {
  readonly seconds: number;
  /** Bytes of memory. */
  readonly memory: number;
}

/** Bytes of the embedded model's weights in memory, and what all tables took with it (docs/benchmarks.md has the command). */
const EMBEDDED = { bytes: 15.6e6, secondsPerEdit: 5 };

/**
 * A rough estimate from the size of a model's files, by the embedded model's figures.
 *
 * A pass costs as much as it has weights to multiply with, so time grows with their bytes; memory holds the weights once and
 * what the runtime works with. Right to a factor of two or three: threads, layout and quantization matter.
 */
export function estimate(bytes: number, edits: number): Estimate {
  return {
    seconds: edits * EMBEDDED.secondsPerEdit * Math.max(1, bytes / EMBEDDED.bytes),
    memory: 1.3 * bytes + 1e9,
  };
}

/** The estimate as a sentence. */
export function estimateText(bytes: number, edits: number): string {
  const { seconds, memory } = estimate(bytes, edits);
  return `roughly ${formatDuration(seconds)} and ${(memory / 2 ** 30).toFixed(1)} GiB of memory for ${edits} edits`;
}
