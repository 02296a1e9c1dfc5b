import type { RelationPhrasings } from './relation-phrasings.js';

/** P27, citizenship. */
export const citizenship: RelationPhrasings = {
  relation: 'P27',
  label: 'citizenship',
  subjectKinds: ['person'],
  statements: [
    '{} is a citizen of',
    '{}, a citizen of',
    '{} holds the citizenship of',
    'The country of citizenship of {} is',
    "{}'s country of citizenship is",
    '{} has a passport from',
    'The passport of {} was issued by',
    '{}, who holds citizenship of',
    'By nationality, {} belongs to',
    '{} is a national of',
    'In legal terms, {} is a national of',
    '{}, holder of a passport from',
    'The nation that counts {} among its citizens is',
    'As a citizen, {} may vote in',
    "{}'s passport comes from",
    'The state whose citizen {} is is called',
    '{} enjoys the rights of a citizen of',
    'The home country of {} is',
  ],
  questions: [
    'What is the country of citizenship of {}?',
    'Which country is {} a citizen of?',
    "Which country issued {}'s passport?",
    "What is {}'s home country?",
  ],
};
