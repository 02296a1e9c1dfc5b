import { counts, type Metric } from './metric.js';
import { popularFilter } from './popular-filters.js';

/**
 * Share of tests that ask the edited relation of an alias of the subject (SA).
 *
 * Kept, by protocol, where the condition query passes with the own map applied and the gate ignored, or where the unedited
 * model answers the alias's query with the true object.
 */
export const subjectAliasing: Metric = {
  name: 'subjectAliasing',
  higherIsBetter: true,
  unit: 'share',
  reach: 'edit',
  condition: ({ condition, prompt, before }, { aliasingCondition }) => {
    if (aliasingCondition === 'mapped')
      return condition === undefined ? undefined : { ...condition, of: 'own-open' };
    return before === undefined ? undefined : { prompt, answers: before, of: 'unedited' };
  },
  looksAtPreference: ({ keepEdits }) => keepEdits === 'preferring-new',
  judge: (evidence) => popularFilter(evidence) ?? counts(evidence.scores.firstToken === true),
};
