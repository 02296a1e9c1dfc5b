import { availableParallelism } from 'node:os';

/** Threads of the model, and processes that share the work. */
export interface Parallelism {
  readonly threads: number;
  readonly workers: number;
}

/** Each takes about a GB. */
const MOST_WORKERS = 8;

/**
 * What is asked for, and for the rest what is fastest on this machine.
 *
 * The embedded model is too small for a second thread to help: one thread, and a process a core, at most eight. Tables do not
 * depend on the number of processes. Another model has two threads and one process, as each would load it.
 */
export function parallelism(
  model: string,
  asked: { readonly [Part in keyof Parallelism]?: number | undefined },
  cores: number = availableParallelism(),
): Parallelism {
  const embedded = model === 'embedded';
  const threads = asked.threads ?? (embedded ? 1 : 2);
  const spare = Math.min(MOST_WORKERS, Math.max(1, Math.floor(cores / threads)));
  return { threads, workers: asked.workers ?? (embedded ? spare : 1) };
}
