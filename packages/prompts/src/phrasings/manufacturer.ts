import type { RelationPhrasings } from './relation-phrasings.js';

/** P176, manufacturer. */
export const manufacturer: RelationPhrasings = {
  relation: 'P176',
  label: 'manufacturer',
  subjectKinds: ['product'],
  statements: [
    '{} is produced by',
    '{} is made by',
    '{}, made by',
    'The manufacturer of {} is',
    "{}'s manufacturer is",
    '{} is manufactured by',
    '{}, a product of',
    '{} is built by',
    'The company that makes {} is',
    'The maker of {} is',
    '{} comes from the factories of',
    '{} rolls off the production lines of',
    '{} was brought to market by',
    'The factory that turns out {} belongs to',
    '{}, manufactured by',
    '{} carries the badge of',
    '{} is sold under the name of',
    'The firm behind {} is',
  ],
  questions: [
    'Who makes {}?',
    'Which company manufactures {}?',
    'Who is the manufacturer of {}?',
    'Which company builds {}?',
  ],
};
