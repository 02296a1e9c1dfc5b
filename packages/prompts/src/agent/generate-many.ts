import {
  isSakeError,
  SakeError,
  throwIfAborted,
  type EditRequest,
  type PromptDistribution,
  type PromptOptions,
} from '@sakejs/spec';
import { checkCount } from '../check-options.js';
import { linkAbort } from './linked-abort.js';

export interface GenerateManyOptions {
  /** Prompts for each request, its own among them. */
  readonly count: number;
  readonly seed?: number;
  /** Test prompts of a request. */
  readonly withhold?: (request: EditRequest) => readonly string[];
  /** Requests in the making at once, and kept in memory. Default 4. */
  readonly concurrency?: number;
  /** Failures in a row after which the rest is given up. Default 5. */
  readonly maxFailuresInARow?: number;
  readonly signal?: AbortSignal;
}

/** What became of one request. */
export type ManyResult<D extends PromptDistribution = PromptDistribution> = {
  readonly request: EditRequest;
  /** Its place among the requests, from 0. */
  readonly index: number;
} & (
  | { readonly distribution: D; readonly error?: never }
  | { readonly distribution?: never; readonly error: SakeError }
);

/** A `PromptGenerator`, as far as it is used; `D` is the kind of distribution that it makes. */
export interface DistributionSource<D extends PromptDistribution> {
  generate(request: EditRequest, options: PromptOptions): Promise<D>;
}

/**
 * Distributions of any number of requests, in their order, in bounded memory.
 *
 * Requests are taken and worked on ahead of the reader by `concurrency` at most. One that fails gives its error and the
 * others go on, unless none would: the server does not accept requests, or `maxFailuresInARow` failed. With a source
 * that has a cache, running it again after a stop of whatever kind repeats no reply that was complete.
 *
 * @throws {SakeError} `invalid-option`; `aborted` when the signal fires; the last error when it gives up. Errors that
 * are none of this project's come through as they are. A reader that leaves early stops what is under way.
 */
export async function* generateMany<D extends PromptDistribution>(
  source: DistributionSource<D>,
  requests: Iterable<EditRequest> | AsyncIterable<EditRequest>,
  options: GenerateManyOptions,
): AsyncGenerator<ManyResult<D>, void, undefined> {
  const { count, seed = 0, withhold, concurrency = 4, maxFailuresInARow = 5 } = options;
  checkCount('generateMany', 'count', count, 1);
  checkCount('generateMany', 'concurrency', concurrency, 1);
  checkCount('generateMany', 'maxFailuresInARow', maxFailuresInARow, 1);
  const linked = linkAbort(options.signal);
  const make = async (request: EditRequest, index: number): Promise<ManyResult<D>> => {
    try {
      const distribution = await source.generate(request, {
        count,
        seed,
        withhold: withhold?.(request) ?? [],
        signal: linked.signal,
      });
      return { request, index, distribution };
    } catch (error) {
      if (!isSakeError(error) || error.code === 'aborted') throw error;
      return { request, index, error };
    }
  };
  const underWay: Promise<ManyResult<D>>[] = [];
  const incoming = iterate(requests);
  let taken = 0;
  let failures = 0;
  try {
    for (let exhausted = false; ;) {
      while (!exhausted && underWay.length < concurrency) {
        const next = await incoming.next();
        throwIfAborted(options.signal, 'generateMany');
        if (next.done) exhausted = true;
        else {
          const work = make(next.value, taken++);
          // It may fail before its turn to be read.
          work.catch(() => undefined);
          underWay.push(work);
        }
      }
      const oldest = underWay.shift();
      if (oldest === undefined) return;
      const result = await oldest;
      yield result;
      failures = result.error === undefined ? 0 : failures + 1;
      if (result.error !== undefined && (failures >= maxFailuresInARow || concernsAll(result.error)))
        throw new SakeError(
          result.error.code,
          `generateMany: gave up at request ${result.index} after ${failures} failures in a row: ${result.error.message}`,
          { details: { index: result.index, failures }, cause: result.error },
        );
    }
  } finally {
    linked.abort(new Error('the batch has ended'));
    linked.release();
    await incoming.return?.();
  }
}

/** Whether the next request would fail in the same way: the server refuses, or the options are wrong. */
function concernsAll({ code, details }: SakeError): boolean {
  const failures = (details['failures'] ?? []) as readonly { reason?: string }[];
  return code === 'invalid-option' || (code === 'io' && failures.some(({ reason }) => reason === 'rejected'));
}

function iterate<T>(values: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
}
