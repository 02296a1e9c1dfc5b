import type { RelationPhrasings } from './relation-phrasings.js';

/** P138, named after. */
export const namesake: RelationPhrasings = {
  relation: 'P138',
  label: 'named after',
  subjectKinds: ['place', 'organisation', 'product', 'person'],
  statements: [
    '{} is named after',
    '{} was named after',
    '{}, named after',
    '{} takes its name from',
    'The name of {} comes from',
    '{} owes its name to',
    '{}, which was named for',
    'The namesake of {} is',
    '{} carries the name of',
    'The name {} honours',
    '{} got its name from',
    '{} was named in honour of',
    'The word {} goes back to',
    '{} bears the name of',
    'The origin of the name {} is',
    '{} was christened after',
  ],
  questions: [
    'What is {} named after?',
    'Where does the name {} come from?',
    'What does {} owe its name to?',
  ],
};
