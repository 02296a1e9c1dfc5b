import { isSakeError } from '@sakejs/spec';

/** Runs the same work once for all who ask for it at the same time. */
export interface SharedCalls {
  /** The result of `work`, or of the work under that key that runs already. */
  once<T>(key: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
}

export function createSharedCalls(): SharedCalls {
  const running = new Map<string, Promise<unknown>>();
  return {
    once: async <T>(key: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
      for (;;) {
        const other = running.get(key) as Promise<T> | undefined;
        if (other === undefined) break;
        try {
          return await other;
        } catch (error) {
          // The other caller gave up, this one did not.
          if (signal?.aborted || !isSakeError(error) || error.code !== 'aborted') throw error;
        }
      }
      const own = work();
      running.set(key, own);
      try {
        return await own;
      } finally {
        running.delete(key);
      }
    },
  };
}
