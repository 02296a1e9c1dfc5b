import { leftOut, type Metric } from './metric.js';

/** Mean over requests of the largest change of a logit once an edit is added and removed again; 0 for an exact undo. */
export const undoDifference: Metric = {
  name: 'undoDifference',
  higherIsBetter: false,
  unit: 'logit',
  asks: 'removal',
  reach: 'edit',
  judge: ({ undoDifference: difference }) =>
    difference === undefined ? leftOut('no edit to remove') : { kept: true, value: difference },
};
