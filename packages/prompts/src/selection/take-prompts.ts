import type { PromptDistribution } from '@sakejs/spec';

/** The distribution with only these prompts, in this order; their wordings go with them. */
export function takePrompts(
  distribution: PromptDistribution,
  indices: readonly number[],
  settings: Readonly<Record<string, string | number | boolean>>,
): PromptDistribution {
  const { prompts, wordings, source } = distribution;
  return {
    ...distribution,
    prompts: indices.map((index) => prompts[index]!),
    ...(wordings === undefined ? {} : { wordings: indices.map((index) => wordings[index]!) }),
    source: { ...source, ...settings },
  };
}
