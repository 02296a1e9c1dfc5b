import type { RelationPhrasings } from './relation-phrasings.js';

/** P108, employer. */
export const employer: RelationPhrasings = {
  relation: 'P108',
  label: 'employer',
  subjectKinds: ['person'],
  statements: [
    '{} works for',
    '{}, who works for',
    'The employer of {} is',
    "{}'s employer is",
    '{} is employed by',
    '{} is on the payroll of',
    '{} draws a salary from',
    '{} has a job at',
    '{}, employed by',
    '{} signed a contract with',
    '{} is a member of staff at',
    'The pay of {} comes from',
    'The organisation that employs {} is',
    '{} was hired by',
    '{} spent a career at',
    '{} goes to work at',
  ],
  questions: ['Who does {} work for?', 'Who is the employer of {}?', 'Which organisation employs {}?'],
};
