import { resolve } from 'node:path';
import { isSakeError } from '@sakejs/spec';
import type { PromptCache } from '../cache/prompt-cache.js';

/** Runs the same work once for all who ask for it at the same time. */
export interface SharedCalls {
  /** The result of `work`, or of the work under that key that runs already; `onJoined` tells of the latter. */
  once<T>(
    key: string,
    work: () => Promise<T>,
    signal: AbortSignal | undefined,
    onJoined?: () => void,
  ): Promise<T>;
}

/** By the cache's folder, for as long as something runs. */
const ofFolders = new Map<string, Map<string, Promise<unknown>>>();

/**
 * Work shared by all sources of this process that keep replies in one folder, or by one source without a cache.
 *
 * Another process is not seen: it asks, and pays, on its own.
 */
export function createSharedCalls(cache: PromptCache | undefined): SharedCalls {
  const folder = cache === undefined ? undefined : resolve(cache.directory);
  const alone = new Map<string, Promise<unknown>>();
  const begin = (key: string, own: Promise<unknown>): void => {
    if (folder === undefined) alone.set(key, own);
    else ofFolders.set(folder, (ofFolders.get(folder) ?? new Map<string, Promise<unknown>>()).set(key, own));
  };
  const running = (): Map<string, Promise<unknown>> =>
    folder === undefined ? alone : (ofFolders.get(folder) ?? alone);
  const end = (key: string): void => {
    const all = running();
    all.delete(key);
    if (all.size === 0 && folder !== undefined) ofFolders.delete(folder);
  };
  return {
    once: async <T>(
      key: string,
      work: () => Promise<T>,
      signal: AbortSignal | undefined,
      onJoined?: () => void,
    ): Promise<T> => {
      for (;;) {
        const other = running().get(key) as Promise<T> | undefined;
        if (other === undefined) break;
        try {
          const result = await other;
          onJoined?.();
          return result;
        } catch (error) {
          // The other caller gave up, this one did not.
          if (signal?.aborted || !isSakeError(error) || error.code !== 'aborted') throw error;
        }
      }
      const own = work();
      begin(key, own);
      try {
        return await own;
      } finally {
        end(key);
      }
    },
  };
}
