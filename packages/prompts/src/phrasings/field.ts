import type { RelationPhrasings } from './relation-phrasings.js';

/** P101, field of work. */
export const field: RelationPhrasings = {
  relation: 'P101',
  label: 'field of work',
  subjectKinds: ['person'],
  statements: [
    '{} works in the field of',
    'The field of {} is',
    "{}'s field is",
    "{}'s area of expertise is",
    '{} is an expert in',
    '{} specialises in',
    'The research of {} concerns',
    '{}, an expert in',
    '{} published papers on',
    'The subject that {} studied is',
    '{} made discoveries in',
    "The life's work of {} was in",
    '{} is remembered for work in',
    '{} taught students about',
    'The scholarly interest of {} was',
    '{} devoted a career to',
    '{} contributed to',
  ],
  questions: ['What is the field of {}?', 'In which field does {} work?', 'What is {} an expert in?'],
};
