import { counts, type Metric } from './metric.js';
import { popularFilter, uneditedCondition } from './popular-filters.js';

/**
 * Share of tests that ask another relation of the new object by describing the edited subject (CI).
 *
 * Kept where the unedited model passes the condition query and, by protocol, the edit took.
 */
export const compositionalityI: Metric = {
  name: 'compositionalityI',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  condition: uneditedCondition,
  looksAtPreference: ({ keepEdits }) => keepEdits === 'preferring-new',
  judge: (evidence) => popularFilter(evidence) ?? counts(evidence.scores.firstToken === true),
};
