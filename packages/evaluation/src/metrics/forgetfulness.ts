import { counts, type Metric } from './metric.js';
import { popularFilter, uneditedCondition } from './popular-filters.js';

/** Share of tests of the edited relation's other objects, where it has several, that are answered as before. */
export const forgetfulness: Metric = {
  name: 'forgetfulness',
  higherIsBetter: true,
  unit: 'share',
  reach: 'leave',
  condition: uneditedCondition,
  looksAtPreference: ({ keepEdits }) => keepEdits === 'preferring-new',
  judge: (evidence) => popularFilter(evidence) ?? counts(evidence.scores.firstToken === true),
};
