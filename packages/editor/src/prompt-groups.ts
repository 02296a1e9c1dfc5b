import { type PromptDistribution, SakeError, type ScopePrompt } from '@sakejs/spec';

/** What held-out prompts are kept apart from: all of their phrasing, or themselves alone. */
export type GroupedBy = 'wording' | 'prompt';

/** Which prompts are held out together. */
export interface PromptGroups {
  readonly by: GroupedBy;
  /** Index of the group's first prompt, by prompt. */
  readonly groups: readonly number[];
}

/** Fewest phrasings to hold out whole: fewer would make folds of a phrasing or none. */
export const MINIMUM_WORDINGS = 8;

/**
 * Groups the prompts of an edit for cross-fitting: by phrasing where their source names at least
 * {@link MINIMUM_WORDINGS} among `used`, else each on its own.
 *
 * Prompts of one phrasing are near-copies. Held out one by one, they would be scored by what had seen the others, and
 * thresholds and settings chosen so would be too narrow for phrasings that nothing has seen.
 *
 * @param used indices of the prompts that rows are made of.
 * @throws {SakeError} `shape-mismatch` when not every prompt has a wording number.
 */
export function promptGroups(
  { prompts, wordings }: Pick<PromptDistribution, 'prompts' | 'wordings'>,
  used: readonly number[],
): PromptGroups {
  if (wordings !== undefined && wordings.length !== prompts.length)
    throw new SakeError(
      'shape-mismatch',
      `promptGroups: expected a wording number for each of ${prompts.length} prompts, got ${wordings.length}; leave wordings out if they are not known`,
    );
  if (wordings !== undefined && new Set(used.map((index) => wordings[index])).size >= MINIMUM_WORDINGS)
    return { by: 'wording', groups: wordings.map((wording) => wordings.indexOf(wording)) };
  return { by: 'prompt', groups: prompts.map((_, index) => index) };
}

/** Groups of other texts: index of the first of the same kind and wording; its own for one without a wording. */
export function scopePromptGroups(prompts: readonly ScopePrompt[]): number[] {
  const first = new Map<string, number>();
  return prompts.map(({ kind, wording }, index) => {
    if (wording === undefined) return index;
    const key = `${kind} ${wording}`;
    const group = first.get(key) ?? index;
    first.set(key, group);
    return group;
  });
}
