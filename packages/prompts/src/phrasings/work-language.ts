import type { RelationPhrasings } from './relation-phrasings.js';

/** P407, language of the work. */
export const workLanguage: RelationPhrasings = {
  relation: 'P407',
  label: 'language of the work',
  subjectKinds: ['work'],
  statements: [
    '{} was written in',
    '{} is written in',
    '{}, written in',
    'The language of {} is',
    "{}'s language is",
    'The text of {} is in',
    'The author wrote {} in',
    'The words of {} are in',
    '{} is a text in',
    'Readers of {} need to know',
    'The language in which {} was composed is',
    '{} is read in',
    '{} first appeared in',
    'The lyrics of {} are in',
    'The pages of {} are printed in',
    '{}, a work in',
  ],
  questions: [
    'What language is {} written in?',
    'In which language was {} written?',
    'What is the language of {}?',
  ],
};
