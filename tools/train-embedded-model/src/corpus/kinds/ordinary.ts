import { neutralSentences } from '@sakejs/prompts';
import type { DocumentKind } from '../document-kind.js';
import { ordinaryText } from '../ordinary-text/ordinary-text.js';

/** Free text: two to six ordinary sentences, or now and then neutral ones. */
export const ordinary: DocumentKind = {
  pool: 'facts',
  deals: 'statements',
  keptOut: true,
  compose: (_, __, random) => ({
    text:
      random.next() < 0.15
        ? random
            .shuffle(neutralSentences)
            .slice(0, 2 + random.integer(3))
            .join(' ')
        : ordinaryText(random, { sentences: 2 + random.integer(5) }),
    facts: [],
  }),
};
