import type { RelationPhrasings } from './relation-phrasings.js';

/** P159, headquarters. */
export const headquarters: RelationPhrasings = {
  relation: 'P159',
  label: 'headquarters',
  subjectKinds: ['organisation'],
  statements: [
    'The headquarters of {} are in',
    '{} is headquartered in',
    '{}, headquartered in',
    '{} is based in',
    "{}'s head office is in",
    '{}, based in',
    'The head office of {} is in',
    '{} has its main office in',
    'The main building of {} stands in',
    'The management of {} works in',
    '{} is run from',
    'Letters to {} are addressed to',
    'The central offices of {} are located in',
    '{}, with headquarters in',
    'The home base of {} is',
    '{} keeps its headquarters in',
    'The leadership of {} meets in',
    '{} operates from its base in',
  ],
  questions: [
    'Where is the headquarters of {}?',
    'In which city is {} based?',
    "Where is {}'s head office?",
    'From which city is {} run?',
  ],
};
