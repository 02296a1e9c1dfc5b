import { createRandom, type Random } from '@sakejs/spec';
import type { CounterFactDataset } from '../datasets/counterfact.js';
import { longContext } from '../metrics/long-context.js';
import { noisyPrefix } from '../metrics/noisy-prefix.js';
import { topicChange } from '../metrics/topic-change.js';
import {
  askedPrompt,
  counterFactCases,
  newObjectQueries,
  suiteData,
  trueObjectQueries,
} from './counterfact-suite.js';
import { neutralTexts } from './neutral-texts.js';
import type { Suite } from './suite.js';

export interface RobustnessOptions {
  /** Sentences in front of a long-context query. Default 20, some 220 words. */
  readonly sentences?: number;
  /** Texts and neighbours a record and metric. Default 2. */
  readonly perRecord?: number;
  readonly seed?: number;
}

/** How the edited question is put before another one. */
const changes: readonly ((asked: string, next: string) => string)[] = [
  (asked, next) => `The first riddle was "${asked}", and it stayed unsolved. The next one: ${next}`,
  (asked, next) => `Never mind how "${asked}" goes on. ${next}`,
  (asked, next) => `${asked}... no, I would rather know something else. ${next}`,
];

/**
 * Requests behind long or broken text, and questions of which the edited one is only the context.
 *
 * - `longContext`: the request behind `sentences` neutral sentences
 * - `noisyPrefix`: the request behind two of them with letters swapped, dropped and doubled
 * - `topicChange`: a neighbour asked right after the edited question; the edit must stay quiet
 */
export function robustnessSuite(dataset: CounterFactDataset, options: RobustnessOptions = {}): Suite {
  const { sentences = 20, perRecord = 2, seed = 0 } = options;
  const times = Array.from({ length: perRecord }, (_, index) => index);
  return {
    name: 'robustness',
    title: 'Robustness to context',
    data: suiteData(dataset),
    metrics: [longContext, noisyPrefix, topicChange],
    cases: counterFactCases(dataset, ({ request, neighborhoodPrompts }, index) => {
      const random = createRandom(seed).fork(`robustness ${index}`);
      const asked = askedPrompt(request);
      const pages = times.map(() => random.shuffle(neutralTexts).slice(0, sentences).join(' '));
      const broken = times.map(() => garble(random.shuffle(neutralTexts).slice(0, 2).join(' '), random));
      const neighbours = random.shuffle(neighborhoodPrompts).slice(0, perRecord);
      return [
        ...newObjectQueries(
          'longContext',
          request,
          pages.map((page) => `${page} ${asked}`),
        ),
        ...newObjectQueries(
          'noisyPrefix',
          request,
          broken.map((text) => `${text} ${asked}`),
        ),
        ...trueObjectQueries(
          'topicChange',
          request,
          neighbours.map((next, at) => changes[(index + at) % changes.length]!(asked, next)),
        ),
      ];
    }),
  };
}

/** The text with one letter in six swapped with the next, dropped or doubled. */
function garble(text: string, random: Random): string {
  const letters = [...text];
  for (let at = 0; at + 1 < letters.length; at++) {
    if (random.integer(6) > 0 || !/\p{L}/u.test(letters[at]!)) continue;
    const [letter, next] = [letters[at]!, letters[at + 1]!];
    const kind = random.integer(3);
    if (kind === 0) [letters[at], letters[at + 1]] = [next, letter];
    else letters[at] = kind === 1 ? '' : letter + letter;
  }
  return letters.join('');
}
