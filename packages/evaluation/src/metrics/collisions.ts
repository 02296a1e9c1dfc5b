import { counts, leftOut, type Metric } from './metric.js';

/** Share of an edit's own requests and paraphrases that another edit takes over. Needs several live edits. */
export const collisions: Metric = {
  name: 'collisions',
  higherIsBetter: false,
  unit: 'share',
  reach: 'edit',
  judge: ({ edited, own, others }) =>
    others === 0
      ? leftOut('no other edit is live')
      : counts(edited.fired !== undefined && edited.fired !== own),
};
