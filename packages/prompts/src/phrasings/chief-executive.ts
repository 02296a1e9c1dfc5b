import type { RelationPhrasings } from './relation-phrasings.js';

/** P169, chief executive. */
export const chiefExecutive: RelationPhrasings = {
  relation: 'P169',
  label: 'chief executive',
  subjectKinds: ['organisation'],
  statements: [
    'The chief executive of {} is',
    'The CEO of {} is',
    "{}'s CEO is",
    '{}, whose chief executive is',
    '{} is headed by',
    '{} is led by',
    'The head of {} is',
    'The person in charge of {} is',
    'The top manager of {} is',
    '{} has as its chief executive',
    'Decisions at {} are taken by',
    'The corner office at {} belongs to',
    '{}, led by',
    'At the helm of {} is',
  ],
  questions: ['Who is the chief executive of {}?', 'Who is the CEO of {}?', 'Who leads {}?'],
};
