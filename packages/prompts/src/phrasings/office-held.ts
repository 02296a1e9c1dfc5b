import type { RelationPhrasings } from './relation-phrasings.js';

/** P39, position held. */
export const officeHeld: RelationPhrasings = {
  relation: 'P39',
  label: 'position held',
  subjectKinds: ['person'],
  statements: [
    '{} holds the office of',
    'The office held by {} is that of',
    '{}, who holds the office of',
    '{} was appointed',
    '{} was made',
    '{} served as',
    '{} became',
    'The title of {} is that of',
    '{} took office as',
    "{}'s office was that of",
    '{} carried the title of',
    '{} was sworn in as',
    '{} is addressed as',
    '{} had the rank of',
    'The position {} held was that of',
    '{} was elevated to the rank of',
  ],
  questions: ['What office does {} hold?', 'Which position was held by {}?', 'What is the title of {}?'],
};
