import { counts, type Metric } from './metric.js';
import { popularFilter, uneditedCondition } from './popular-filters.js';

/**
 * Share of tests of what the edit says when it is read the other way round (LG).
 *
 * Kept where the unedited model passes the condition query and, by protocol, the edit took.
 */
export const logicalGeneralization: Metric = {
  name: 'logicalGeneralization',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  condition: uneditedCondition,
  looksAtPreference: ({ keepEdits }) => keepEdits === 'preferring-new',
  judge: (evidence) => popularFilter(evidence) ?? counts(evidence.scores.firstToken === true),
};
