import type { RelationPhrasings } from './relation-phrasings.js';

/** P106, occupation. */
export const occupation: RelationPhrasings = {
  relation: 'P106',
  label: 'occupation',
  subjectKinds: ['person'],
  statements: [
    'The occupation of {} is',
    'The profession of {} is',
    "{}'s profession is",
    '{} works as',
    '{}, who works as',
    'By profession, {} is known as',
    '{} earns a living as',
    'The job of {} is that of',
    "{}'s line of work is that of",
    '{} made a career as',
    'The work for which {} gets paid is that of',
    '{} is by trade',
    '{} practises the profession of',
    'For a living, {} works as',
    "{}'s occupation is listed as",
    '{} became known as',
    'In working life, {} served as',
    'The career of {} was that of',
  ],
  questions: [
    'What is the profession of {}?',
    "What is {}'s occupation?",
    'What does {} do for a living?',
    'What work is {} known for?',
  ],
};
