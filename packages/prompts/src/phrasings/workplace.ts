import type { RelationPhrasings } from './relation-phrasings.js';

/** P937, place of work. */
export const workplace: RelationPhrasings = {
  relation: 'P937',
  label: 'place of work',
  subjectKinds: ['person'],
  statements: [
    '{} worked in',
    '{} used to work in',
    '{}, who worked in',
    'The place of work of {} was',
    "{}'s workplace was in",
    '{} had an office in',
    '{} was active in',
    '{} spent a working life in',
    '{} took a job in',
    'The career of {} unfolded in',
    '{} was employed in',
    '{} did the best-known work in',
    '{} had a workshop in',
    'The town where {} worked was',
    '{}, active in',
    '{} carried out duties in',
  ],
  questions: ['Where did {} work?', 'In which city did {} work?', 'What was the place of work of {}?'],
};
