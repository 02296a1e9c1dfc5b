import { formatDuration } from '@sakejs/terminal';

/** What a run of `reproduce` is asked to do. */
export interface ReproduceWork {
  readonly suites: number;
  /** Edits of each suite. */
  readonly edits: number;
  /** Edits of the ablations; 0 without them. */
  readonly ablated: number;
  readonly workers: number;
}

/** What a run of `reproduce` takes. */
export interface Estimate {
  readonly seconds: number;
  /** Bytes of memory. */
  readonly memory: number;
}

/**
 * The embedded model's weights in memory (bytes) and its processor time in seconds: for an edit of a suite, learned and scored
 * with every method; for an edit asked while another is live; for an edit of the ablations. docs/evaluation.md has the
 * command that they come from.
 */
const EMBEDDED = { bytes: 15.6e6, edit: 2.2, pair: 0.009, ablated: 12.5 };
/** Bytes that each process takes besides the weights. */
const PROCESS = 1e9;

/** The bytes by which the embedded model is told from larger ones. */
export const EMBEDDED_BYTES: number = EMBEDDED.bytes;

/**
 * A rough estimate from the size of a model's files, by the embedded model's figures.
 *
 * A pass costs as much as it has weights to multiply with, so learning grows with their bytes; comparing queries with live
 * edits does not. Memory holds the weights once a process, and what the runtime works with. Right to a factor of two or three:
 * threads, layout and quantization matter.
 */
export function estimate(bytes: number, { suites, edits, ablated, workers }: ReproduceWork): Estimate {
  const larger = Math.max(1, bytes / EMBEDDED.bytes);
  const passes = larger * (suites * edits * EMBEDDED.edit + ablated * EMBEDDED.ablated);
  const pairs = suites * edits * edits * EMBEDDED.pair;
  return { seconds: (passes + pairs) / workers, memory: workers * (1.3 * bytes + PROCESS) };
}

/** The estimate as a sentence. */
export function estimateText(bytes: number, work: ReproduceWork): string {
  const { seconds, memory } = estimate(bytes, work);
  return `roughly ${formatDuration(seconds)} on as many cores as workers (${work.workers}), and ${(memory / 2 ** 30).toFixed(1)} GiB of memory`;
}
