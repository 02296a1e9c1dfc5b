import type { RelationPhrasings } from './relation-phrasings.js';

/** P495, country of origin. */
export const countryOfOrigin: RelationPhrasings = {
  relation: 'P495',
  label: 'country of origin',
  subjectKinds: ['work', 'product'],
  statements: [
    '{} was created in',
    '{} originated in',
    '{}, created in',
    'The country of origin of {} is',
    "{}'s country of origin is",
    '{} comes from',
    '{}, which comes from',
    'The country that produced {} is',
    '{} was made in',
    '{} first appeared in',
    '{} has its origins in',
    'The roots of {} are in',
    '{} was first seen in',
    'The homeland of {} is',
    '{}, originally from',
    '{} is a creation of',
    '{} was thought up in',
    'The place that gave the world {} is',
  ],
  questions: [
    'What is the country of origin of {}?',
    'Which country does {} come from?',
    'Where was {} created?',
    'In which country did {} originate?',
  ],
};
