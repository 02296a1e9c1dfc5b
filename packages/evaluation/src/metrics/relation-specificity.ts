import { counts, type Metric } from './metric.js';
import { popularFilter, uneditedCondition } from './popular-filters.js';

/**
 * Share of tests of other relations of the edited subject that are answered as before (RS).
 *
 * Kept where the unedited model passes the condition query. Under a protocol in which a closed gate succeeds, a test that
 * no edit reached counts whatever the model says.
 */
export const relationSpecificity: Metric = {
  name: 'relationSpecificity',
  higherIsBetter: true,
  unit: 'share',
  reach: 'leave',
  condition: uneditedCondition,
  looksAtPreference: ({ keepEdits }) => keepEdits === 'preferring-new',
  judge: (evidence) =>
    popularFilter(evidence) ??
    counts(
      evidence.scores.firstToken === true ||
        (evidence.protocol.closedGateSucceeds && evidence.edited.fired === undefined),
    ),
};
