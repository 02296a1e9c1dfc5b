import { createHash } from 'node:crypto';
import { doubtForms } from './doubt-forms.js';
import type { KnownFact } from './fact-index.js';
import { neutralSentences } from './neutral-sentences.js';
import { relationPhrasings } from './phrasings/all-relations.js';

/** Raised when the source makes other prompts from the same tables. */
const VERSION = 2;

/** SHA-256 of everything that the template source's prompts depend on beside the request, hex. */
export function templateFingerprint(
  settings: Readonly<Record<string, number | boolean>>,
  facts: readonly KnownFact[],
): string {
  return createHash('sha256')
    .update(JSON.stringify([VERSION, settings, relationPhrasings, neutralSentences, doubtForms, facts]))
    .digest('hex');
}
