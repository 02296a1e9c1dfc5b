import type { RelationPhrasings } from './relation-phrasings.js';

/** P103, native language. */
export const nativeLanguage: RelationPhrasings = {
  relation: 'P103',
  label: 'native language',
  subjectKinds: ['person'],
  statements: [
    'The mother tongue of {} is',
    '{}, a native speaker of',
    '{} grew up speaking',
    'The first language of {} was',
    '{} is a native speaker of',
    'From childhood on, {} spoke',
    'At home as a child, {} spoke',
    'The language that {} learned first is',
    "{}'s mother tongue is",
    "{}'s first language is",
    'The native language of {} is',
    'The parents of {} raised their child in',
    'As a mother tongue, {} has',
    "The language of {}'s childhood was",
    '{}, whose first language is',
    '{} was brought up speaking',
    'Since birth the language of {} has been',
    'The language {} knows from the cradle is',
  ],
  questions: [
    'What is the mother tongue of {}?',
    'Which language did {} learn first?',
    "What is {}'s native language?",
    'Which language did {} speak as a child?',
  ],
};
