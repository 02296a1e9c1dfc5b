import { counts, type Metric } from './metric.js';

/** Share of paraphrases whose greedy next token begins the new object. */
export const generality: Metric = {
  name: 'generality',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  judge: ({ scores }) => counts(scores.firstToken === true),
};
