import type { CachePair } from '@sakejs/onnx';

/** Blocks that a cache serves, by the numbers in its inputs' names; undefined without a cache. */
export function cachedLayers(cache: readonly CachePair[]): number | undefined {
  const numbers = new Set(cache.flatMap(({ input }) => /\d+/.exec(input)?.[0] ?? []));
  return numbers.size === 0 ? undefined : numbers.size;
}
