import { counts, leftOut, type Metric } from './metric.js';

export const PREFERS_NEW = 'the unedited model prefers the new object';

/**
 * Share of neighbours (same relation and true object) that keep P(true) > P(new).
 *
 * Kept where the unedited model has P(new) <= P(true). Under a protocol in which a closed gate succeeds, a neighbour that
 * no edit reached counts as kept whatever the model says.
 */
export const specificity: Metric = {
  name: 'specificity',
  higherIsBetter: true,
  unit: 'share',
  reach: 'leave',
  judge: ({ plain, edited, scores, protocol }) =>
    (plain.margin ?? 0) < 0
      ? leftOut(PREFERS_NEW)
      : counts(scores.probability === true || (protocol.closedGateSucceeds && edited.fired === undefined)),
};
