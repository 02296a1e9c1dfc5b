import type { PromptKind, ScopePrompt } from '@sakejs/spec';
import { normalizeWording } from './wording.js';
import type { Withholding } from './withholding.js';

/** Candidates looked at for each prompt wanted, before a kind counts as used up. */
const patience = 20;

/** Takes prompts that share no wording with tests and that were not taken before. */
export interface PromptCollector {
  /** Up to `size` fit prompts of the candidates, in order. */
  take(candidates: Iterable<ScopePrompt>, size: number): ScopePrompt[];
  /** How many of the candidates looked at so far were left out, by reason: `positive-duplicate`, `negative-withheld` … */
  dropped(): Readonly<Record<string, number>>;
}

const positiveKinds: readonly PromptKind[] = ['paraphrase', 'implication', 'forced', 'doubt'];

/** A collector; `taken` are texts that stand elsewhere in the distribution. */
export function createPromptCollector(withholding: Withholding, taken: readonly string[]): PromptCollector {
  const seen = new Set(taken.map(normalizeWording));
  const dropped: Record<string, number> = {};
  const drop = ({ kind }: ScopePrompt, reason: 'duplicate' | 'withheld'): void => {
    const name = `${positiveKinds.includes(kind) ? 'positive' : 'negative'}-${reason}`;
    dropped[name] = (dropped[name] ?? 0) + 1;
  };
  return {
    take(candidates, size) {
      const kept: ScopePrompt[] = [];
      let looked = 0;
      if (size === 0) return kept;
      for (const candidate of candidates) {
        const wording = normalizeWording(candidate.text);
        if (seen.has(wording)) drop(candidate, 'duplicate');
        else if (withholding.blocksText(candidate.text, candidate.subject)) drop(candidate, 'withheld');
        else {
          seen.add(wording);
          kept.push(candidate);
        }
        if (kept.length >= size || ++looked >= patience * size) break;
      }
      return kept;
    },
    dropped: () => ({ ...dropped }),
  };
}
