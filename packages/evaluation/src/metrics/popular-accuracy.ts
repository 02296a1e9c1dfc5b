import { counts, type Metric } from './metric.js';

/**
 * Share of Popular's requests whose greedy next token begins the new object.
 *
 * By protocol a token of white space alone passes, as in the reference's code, where an empty string is a prefix.
 */
export const popularAccuracy: Metric = {
  name: 'accuracy',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  judge: ({ scores, edited, protocol }) =>
    counts(scores.firstToken === true || (protocol.emptyTokenPasses && edited.firstToken === '')),
};
