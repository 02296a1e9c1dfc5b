import type { RelationPhrasings } from './relation-phrasings.js';

/** P37, official language. */
export const officialLanguage: RelationPhrasings = {
  relation: 'P37',
  label: 'official language',
  subjectKinds: ['place'],
  statements: [
    'The official language of {} is',
    "{}'s official language is",
    'In {}, the official language is',
    '{}, whose official language is',
    'Official documents in {} are written in',
    'The laws of {} are published in',
    'Officials in {} speak',
    'The language of government in {} is',
    'Public offices in {} work in',
    'In the parliament of {}, speeches are held in',
    'By law, the language of {} is',
    '{} has as its official language',
    'Schools in {} teach in',
    'The state language of {} is',
    'Road signs in {} are written in',
    'People in {} officially use',
    'The administration of {} communicates in',
    'Courts in {} hear cases in',
  ],
  questions: [
    'What is the official language of {}?',
    'Which language is official in {}?',
    'In what language are the laws of {} written?',
    'What language do officials in {} use?',
  ],
};
