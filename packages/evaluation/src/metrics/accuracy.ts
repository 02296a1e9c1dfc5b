import { counts, type Metric } from './metric.js';

/** Share of requests whose greedy next token begins the new object (CounterFact's efficacy, first-token scorer). */
export const accuracy: Metric = {
  name: 'accuracy',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  judge: ({ scores }) => counts(scores.firstToken === true),
};
