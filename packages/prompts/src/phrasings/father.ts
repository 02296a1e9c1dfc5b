import type { RelationPhrasings } from './relation-phrasings.js';

/** P22, father. */
export const father: RelationPhrasings = {
  relation: 'P22',
  label: 'father',
  subjectKinds: ['person'],
  statements: [
    'The father of {} is',
    "{}'s father is",
    '{}, whose father is',
    '{} is the child of',
    '{}, child of',
    'The man who fathered {} is',
    '{} has a father named',
    'On the paternal side, {} descends from',
    'The parent who gave {} a surname is',
    "{}'s dad is",
    '{} was fathered by',
    'In the family tree, the father of {} is',
    'Growing up, {} had as a father',
    "The name of {}'s father is",
  ],
  questions: ['Who is the father of {}?', "What is the name of {}'s father?", "Who is {}'s dad?"],
};
