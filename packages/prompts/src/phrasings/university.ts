import type { RelationPhrasings } from './relation-phrasings.js';

/** P69, university attended. */
export const university: RelationPhrasings = {
  relation: 'P69',
  label: 'university attended',
  subjectKinds: ['person'],
  statements: [
    '{} studied at',
    '{} attended',
    '{}, who studied at',
    '{} graduated from',
    'The university of {} was',
    '{} earned a degree from',
    '{} was educated at',
    '{}, a graduate of',
    '{} was enrolled at',
    'The alma mater of {} is',
    "{}'s alma mater is",
    '{} took courses at',
    '{} holds a diploma from',
    'As a student, {} went to',
    'The place where {} studied is',
    '{} learned the trade at',
  ],
  questions: ['Where did {} study?', 'Which university did {} attend?', 'What is the alma mater of {}?'],
};
