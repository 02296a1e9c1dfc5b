import type { Random } from '@sakejs/spec';
import { drawAllowed } from './kept-out.js';
import { ordinaryFragment } from './ordinary-fragment.js';
import { ordinarySentence } from './ordinary-sentence.js';

export interface OrdinaryTextOptions {
  /** How many sentences or fragments. */
  readonly sentences: number;
  /** Probability of each of them to be a fragment; 0.3 by default. */
  readonly fragments?: number;
}

/** Ordinary sentences and fragments, joined by spaces; nothing kept out stands across two of them either. */
export function ordinaryText(random: Random, { sentences, fragments = 0.3 }: OrdinaryTextOptions): string {
  return drawAllowed(() => {
    const parts = Array.from({ length: sentences }, () =>
      random.next() < fragments ? ordinaryFragment(random) : ordinarySentence(random),
    );
    return parts.join(' ');
  });
}
