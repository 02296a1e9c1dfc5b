import { counts, type Metric } from './metric.js';

/** Share of requests behind pages of unrelated text whose greedy next token begins the new object. */
export const longContext: Metric = {
  name: 'longContext',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  judge: ({ scores }) => counts(scores.firstToken === true),
};
