import { counts, type Metric } from './metric.js';
import { popularFilter, uneditedCondition } from './popular-filters.js';

/**
 * Share of tests that ask the edited relation of a description of the subject (CII).
 *
 * Kept where the unedited model passes the condition query and, by protocol, the edit took.
 */
export const compositionalityII: Metric = {
  name: 'compositionalityII',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  condition: uneditedCondition,
  looksAtPreference: ({ keepEdits }) => keepEdits === 'preferring-new',
  judge: (evidence) => popularFilter(evidence) ?? counts(evidence.scores.firstToken === true),
};
