import { nestedSubsets } from '@sakejs/prompts';
import type { PromptDistribution, PromptGenerator } from '@sakejs/spec';

/**
 * A source whose smaller distributions are subsets of its largest: 10 ⊂ 25 ⊂ 50 ⊂ 100.
 *
 * The largest is made once a request and kept while it is asked for, so that curves compare like with like.
 */
export function nestedPrompts(source: PromptGenerator, largest: number): PromptGenerator {
  let last: { readonly key: string; readonly made: Promise<PromptDistribution> } | undefined;
  return {
    kind: source.kind,
    fingerprint: `nested ${largest} ${source.fingerprint ?? ''}`.trim(),
    async generate(request, { count, ...options }) {
      const { seed = 0, withhold = [] } = options;
      const key = JSON.stringify([request, seed, withhold]);
      if (last?.key !== key) last = { key, made: source.generate(request, { count: largest, ...options }) };
      return nestedSubsets(await last.made, [count], { seed })[0]!;
    },
  };
}
