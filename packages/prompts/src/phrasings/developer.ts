import type { RelationPhrasings } from './relation-phrasings.js';

/** P178, developer. */
export const developer: RelationPhrasings = {
  relation: 'P178',
  label: 'developer',
  subjectKinds: ['product', 'work'],
  statements: [
    '{} was developed by',
    '{}, developed by',
    'The developer of {} is',
    "{}'s developer is",
    '{} was created by',
    '{} is a product of',
    'The company that developed {} is',
    '{} was written by engineers at',
    'The team behind {} works for',
    '{} was designed by',
    '{}, software from',
    'The code of {} was written at',
    '{} was released by',
    'The creator of {} is',
    '{} comes from the labs of',
    'Development of {} was led by',
    '{} was programmed at',
    '{} is maintained by',
  ],
  questions: [
    'Who developed {}?',
    'Which company developed {}?',
    'Who is the developer of {}?',
    'Which company created {}?',
  ],
};
