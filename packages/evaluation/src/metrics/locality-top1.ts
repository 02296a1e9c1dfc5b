import { counts, type Metric } from './metric.js';

/** Share of unrelated texts whose greedy next token the edits change. */
export const localityTop1: Metric = {
  name: 'localityTop1',
  higherIsBetter: false,
  unit: 'share',
  reach: 'leave',
  judge: ({ sameTop }) => counts(!sameTop),
};
