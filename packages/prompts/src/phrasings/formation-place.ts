import type { RelationPhrasings } from './relation-phrasings.js';

/** P740, place of formation. */
export const formationPlace: RelationPhrasings = {
  relation: 'P740',
  label: 'place of formation',
  subjectKinds: ['organisation'],
  statements: [
    '{} was formed in',
    '{} was founded in',
    '{}, founded in',
    'The place of formation of {} is',
    '{} got its start in',
    '{} first came together in',
    'The founders of {} met in',
    '{} was set up in',
    '{}, a group from',
    'The members of {} began working together in',
    'The story of {} began in',
    '{} was started in',
    'The place where {} was founded is',
    '{} took shape in',
    'Before it was known elsewhere, {} was known in',
    "{}'s place of formation is",
  ],
  questions: ['Where was {} founded?', 'In which place was {} formed?', 'Where did {} start out?'],
};
