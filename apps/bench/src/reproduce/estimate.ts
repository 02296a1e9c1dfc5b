import type { ProtocolName } from '@sakejs/evaluation';
import { formatDuration } from '@sakejs/terminal';
import { UNEDITED } from '../method-entries.js';

/** What a run of `reproduce` is asked to do. */
export interface ReproduceWork {
  /** Edits of each suite, one number a suite. */
  readonly edits: readonly number[];
  readonly methods: readonly string[];
  readonly protocols: readonly ProtocolName[];
  /** Prompts an edit. */
  readonly count: number;
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
 * The embedded model's weights in memory (bytes) and its processor time in seconds: `learn`, for an edit of 50 prompts by a
 * method with maps of what follows and by one with a map alone; `ask`, for the queries of an edit with one method under one
 * protocol; `pair`, for an edit asked while another of the same method is live; `ablated`, for an edit of the ablations.
 * docs/evaluation.md has the command that they come from.
 */
const EMBEDDED = {
  bytes: 15.6e6,
  prompts: 50,
  learn: { most: 2, map: 0.22 },
  ask: 0.035,
  pair: 0.0008,
  ablated: 10,
};
/** Bytes that each process takes besides the weights. */
const PROCESS = 1e9;

/** The bytes by which the embedded model is told from larger ones. */
export const EMBEDDED_BYTES: number = EMBEDDED.bytes;

/** Methods that learn next to nothing, and those that fit one map; any other is taken for as dear as `sake`. */
const learnsNothing: readonly string[] = [UNEDITED, 'icl', 'imagine', 'ike'];
const learnsOneMap: readonly string[] = [
  'sake-paper',
  'uniform',
  'uniform-paper',
  'actadd',
  'actadd-original',
];

function learning(method: string): number {
  if (learnsNothing.includes(method)) return 0;
  return learnsOneMap.includes(method) ? EMBEDDED.learn.map : EMBEDDED.learn.most;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * A rough estimate from the size of a model's weights, by the embedded model's figures.
 *
 * A pass costs as much as it has weights to multiply with, so learning and asking grow with their bytes; comparing queries with
 * live edits does not. Memory holds the weights once a process, and what the runtime works with. Right to a factor of two or
 * three: threads, layout and quantization matter.
 */
export function estimate(bytes: number, work: ReproduceWork): Estimate {
  const { edits, methods, protocols, count, ablated, workers } = work;
  const larger = Math.max(1, bytes / EMBEDDED.bytes);
  const learned = (count / EMBEDDED.prompts) * sum(methods.map(learning));
  const asked = methods.length * protocols.length * EMBEDDED.ask;
  const passes = larger * (sum(edits) * (learned + asked) + ablated * EMBEDDED.ablated);
  const editing = methods.filter((method) => method !== UNEDITED).length;
  const pairs = protocols.includes('strict') ? editing * sum(edits.map((n) => n * n)) * EMBEDDED.pair : 0;
  return { seconds: (passes + pairs) / workers, memory: workers * (1.3 * bytes + PROCESS) };
}

/** The estimate as a sentence. */
export function estimateText(bytes: number, work: ReproduceWork): string {
  const { seconds, memory } = estimate(bytes, work);
  return `roughly ${formatDuration(seconds)} on as many cores as workers (${work.workers}), and ${(memory / 2 ** 30).toFixed(1)} GiB of memory`;
}
