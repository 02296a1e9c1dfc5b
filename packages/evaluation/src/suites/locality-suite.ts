import { createRandom } from '@sakejs/spec';
import type { CounterFactDataset } from '../datasets/counterfact.js';
import { collisions } from '../metrics/collisions.js';
import { fluency } from '../metrics/fluency.js';
import { localityKl } from '../metrics/locality-kl.js';
import { localityTop1 } from '../metrics/locality-top1.js';
import { undoDifference } from '../metrics/undo-difference.js';
import { askedPrompt, counterFactCases, newObjectQueries, suiteData } from './counterfact-suite.js';
import { neutralTexts } from './neutral-texts.js';
import type { Query, Suite } from './suite.js';

export interface LocalityOptions {
  /** Unrelated texts a record. Default 4. */
  readonly texts?: number;
  readonly seed?: number;
}

/**
 * What an edit does where it has no business, and to the text around it.
 *
 * - `localityKl`, `localityTop1`: unrelated sentences cut off in the middle
 * - `fluency`: free continuations of the record's generation prompts (n = 0 for records without any)
 * - `undoDifference`: the request's logits once the edit is added and removed again
 * - `collisions`: requests and paraphrases that another live edit takes over
 */
export function localitySuite(dataset: CounterFactDataset, options: LocalityOptions = {}): Suite {
  const { texts = 4, seed = 0 } = options;
  return {
    name: 'locality',
    title: 'Locality',
    data: suiteData(dataset),
    metrics: [localityKl, localityTop1, fluency, undoDifference, collisions],
    cases: counterFactCases(dataset, ({ request, paraphrasePrompts, generationPrompts }, index) => {
      const random = createRandom(seed).fork(`locality ${index}`);
      const cut = random
        .shuffle(neutralTexts)
        .slice(0, texts)
        .map((text) => {
          const words = text.split(' ');
          return words.slice(0, 3 + random.integer(words.length - 3)).join(' ');
        });
      const asking = (metric: string, prompts: readonly string[]): Query[] =>
        prompts.map((prompt) => ({ metric, prompt, wanted: [] }));
      return [
        ...asking('localityKl', cut),
        ...asking('localityTop1', cut),
        ...asking('fluency', generationPrompts),
        ...asking('undoDifference', [askedPrompt(request)]),
        ...newObjectQueries('collisions', request, [askedPrompt(request), ...paraphrasePrompts]),
      ];
    }),
  };
}
