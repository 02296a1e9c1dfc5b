import { counts, type Metric } from './metric.js';

/** Share of requests behind misspelt and broken text whose greedy next token begins the new object. */
export const noisyPrefix: Metric = {
  name: 'noisyPrefix',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  judge: ({ scores }) => counts(scores.firstToken === true),
};
