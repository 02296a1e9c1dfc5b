import { counts, leftOut, type Metric } from './metric.js';
import { PREFERS_NEW } from './specificity.js';

/**
 * Share of questions asked behind the edited one that are answered as before: P(true) > P(new).
 *
 * The edited question stands earlier in the text, a neighbour's last. Kept where the unedited model has P(new) <= P(true)
 * on the same text. A closed gate is no success of its own: this is no metric of the paper.
 */
export const topicChange: Metric = {
  name: 'topicChange',
  higherIsBetter: true,
  unit: 'share',
  reach: 'leave',
  judge: ({ plain, scores }) =>
    (plain.margin ?? 0) < 0 ? leftOut(PREFERS_NEW) : counts(scores.probability === true),
};
