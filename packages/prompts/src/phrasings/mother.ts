import type { RelationPhrasings } from './relation-phrasings.js';

/** P25, mother. */
export const mother: RelationPhrasings = {
  relation: 'P25',
  label: 'mother',
  subjectKinds: ['person'],
  statements: [
    'The mother of {} is',
    "{}'s mother is",
    '{}, whose mother is',
    '{} was given birth to by',
    'The woman who gave birth to {} is',
    '{} has a mother named',
    'On the maternal side, {} descends from',
    "{}'s mum is",
    '{} was born to',
    'In the family tree, the mother of {} is',
    'Growing up, {} had as a mother',
    "The name of {}'s mother is",
    'The parent who carried {} is',
    '{} calls mother',
  ],
  questions: ['Who is the mother of {}?', "What is the name of {}'s mother?", "Who is {}'s mum?"],
};
