import type { RelationPhrasings } from './relation-phrasings.js';

/** P364, original language. */
export const originalLanguage: RelationPhrasings = {
  relation: 'P364',
  label: 'original language',
  subjectKinds: ['work'],
  statements: [
    'The original language of {} is',
    "{}'s original language is",
    '{} was originally made in',
    '{}, originally in',
    'In the original version, {} is in',
    'The language of the original {} is',
    'The actors in {} speak',
    'The dialogue of {} was recorded in',
    'The script of {} was written in',
    '{} was first released in',
    'Without dubbing, {} is heard in',
    '{} was filmed in',
    'The first version of {} was in',
    '{}, whose original language is',
    'The original audience heard {} in',
    'Before translation, {} existed in',
    'The language spoken in {} is',
    'The soundtrack of {} was first recorded in',
  ],
  questions: [
    'What is the original language of {}?',
    'In which language was {} originally made?',
    'What language is spoken in {}?',
    'In what language was {} first released?',
  ],
};
