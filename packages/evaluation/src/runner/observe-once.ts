import type { CausalLM } from '@sakejs/spec';

/**
 * A model whose `observe` shows every layer that any call has asked for so far, for a cache above it to keep.
 *
 * Methods whose gates look at other layers then share one pass over a prompt instead of running the model once each, from
 * the second case on.
 */
export function observeOnce(lm: CausalLM): CausalLM {
  const seen = new Set<number>();
  return {
    ...lm,
    observe: (prompts, options = {}) => {
      for (const layer of options.layers ?? []) seen.add(layer);
      return lm.observe(prompts, { ...options, layers: [...seen].sort((a, b) => a - b) });
    },
    [Symbol.asyncDispose]: () => lm[Symbol.asyncDispose](),
  };
}
