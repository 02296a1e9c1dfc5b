import type { GeneratedToken } from '@sakejs/spec';

/**
 * Streams of a batch that is only prepared when the first of them is pulled.
 *
 * `prepare` is called once. What it throws is thrown by every stream; a stream left with `break`, or returned before
 * it is pulled, is returned within the batch too, so that it holds up no other.
 *
 * @param count how many streams `prepare` will give.
 */
export function deferStreams(
  count: number,
  prepare: () => Promise<readonly AsyncIterable<GeneratedToken>[]>,
): AsyncIterable<GeneratedToken>[] {
  let prepared: Promise<readonly AsyncIterable<GeneratedToken>[]> | undefined;
  return Array.from({ length: count }, (_, index) => ({
    [Symbol.asyncIterator](): AsyncIterator<GeneratedToken> {
      let inner: Promise<AsyncIterator<GeneratedToken>> | undefined;
      const opened = (): Promise<AsyncIterator<GeneratedToken>> =>
        (inner ??= (prepared ??= prepare()).then((streams) => streams[index]![Symbol.asyncIterator]()));
      return {
        next: async () => (await opened()).next(),
        return: async () => {
          await (await opened()).return?.();
          return { done: true, value: undefined };
        },
      };
    },
  }));
}
