import type { RelationPhrasings } from './relation-phrasings.js';

/** P264, record label. */
export const recordLabel: RelationPhrasings = {
  relation: 'P264',
  label: 'record label',
  subjectKinds: ['person', 'organisation', 'work'],
  statements: [
    'The record label of {} is',
    "{}'s record label is",
    '{} is signed to',
    '{}, signed to',
    '{} recorded for',
    '{} was released on',
    'The label that puts out {} is',
    '{} has a record deal with',
    'The music of {} is published by',
    '{} is on the label',
    '{} came out on',
    'The records of {} carry the logo of',
    '{} found a home at the label',
    '{} is represented by the label',
    '{}, whose label is',
    '{} has a contract with',
  ],
  questions: ['What is the record label of {}?', 'Which label is {} signed to?', 'Which label released {}?'],
};
