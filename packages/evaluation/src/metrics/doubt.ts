import { counts, type Metric } from './metric.js';

/**
 * Share of doubts of one wording after which the greedy next token still begins the new object.
 *
 * By protocol the gate is ignored, as in the reference's code.
 */
export function doubtMetric(name: string): Metric {
  return {
    name,
    higherIsBetter: true,
    unit: 'share',
    reach: 'edit',
    opensGate: ({ doubtGate }) => doubtGate === 'open',
    judge: ({ scores }) => counts(scores.firstToken === true),
  };
}
