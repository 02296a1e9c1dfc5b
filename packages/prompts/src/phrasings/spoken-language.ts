import type { RelationPhrasings } from './relation-phrasings.js';

/** P1412, language spoken or written. */
export const spokenLanguage: RelationPhrasings = {
  relation: 'P1412',
  label: 'language spoken or written',
  subjectKinds: ['person'],
  statements: [
    '{} speaks',
    '{}, who speaks',
    'The language {} uses is',
    '{} writes in',
    '{} gives interviews in',
    'The letters of {} are in',
    'In public, {} speaks',
    '{} published texts in',
    '{} is fluent in',
    'The working language of {} is',
    '{} addressed audiences in',
    'The language that {} spoke and wrote is',
    '{} expressed thoughts in',
    'The diaries of {} were kept in',
    '{}, fluent in',
    '{} talks to friends in',
  ],
  questions: [
    'Which language does {} speak?',
    'In what language does {} write?',
    'What language is used by {}?',
  ],
};
