import type { RelationPhrasings } from './relation-phrasings.js';

/** P19, place of birth. */
export const birthplace: RelationPhrasings = {
  relation: 'P19',
  label: 'place of birth',
  subjectKinds: ['person'],
  statements: [
    '{} was born in',
    '{}, born in',
    'The birthplace of {} is',
    'The place of birth of {} is',
    "{}'s birthplace is",
    '{} came into the world in',
    'The life of {} began in',
    '{}, a native of',
    '{} originally comes from',
    '{} first saw the light of day in',
    'The mother of {} gave birth in',
    'According to the birth certificate, {} was born in',
    '{} spent the first days of life in',
    '{}, who was born in',
    'The place where {} was born is',
    '{} hails from',
    'The birth of {} took place in',
    "{}'s story starts in",
  ],
  questions: [
    'Where was {} born?',
    'What is the birthplace of {}?',
    'In which place was {} born?',
    'Where does {} originally come from?',
  ],
};
