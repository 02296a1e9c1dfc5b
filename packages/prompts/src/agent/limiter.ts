import { throwIfAborted } from '@sakejs/spec';

/** Lets at most so many tasks run at once; the others wait in order. */
export interface Limiter {
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** A limiter of `concurrency` places. A task whose signal fires while it waits never begins. */
export function createLimiter(concurrency: number): Limiter {
  let free = concurrency;
  const waiting: (() => void)[] = [];
  const enter = async (signal: AbortSignal | undefined): Promise<void> => {
    throwIfAborted(signal, 'generate');
    if (free > 0) {
      free--;
      return;
    }
    await new Promise<void>((resolve) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        resolve();
      };
      const go = (): void => {
        signal?.removeEventListener('abort', leave);
        free--;
        resolve();
      };
      waiting.push(go);
      signal?.addEventListener('abort', leave, { once: true });
    });
    throwIfAborted(signal, 'generate');
  };
  return {
    run: async (task, signal) => {
      await enter(signal);
      try {
        return await task();
      } finally {
        free++;
        waiting.shift()?.();
      }
    },
  };
}
