import type { RelationPhrasings } from './relation-phrasings.js';

/** P17, country. */
export const country: RelationPhrasings = {
  relation: 'P17',
  label: 'country',
  subjectKinds: ['place', 'organisation', 'event'],
  statements: [
    '{} is located in',
    '{} is in',
    'The country of {} is',
    '{} lies in the country of',
    '{}, located in',
    '{}, which lies in',
    'The country in which {} is found is',
    '{} is situated in',
    '{} belongs to the country of',
    'To see {}, one travels to',
    'The country where {} can be visited is',
    "{}'s country is",
    '{} is part of the country of',
    'On a world map, {} is inside the borders of',
    '{}, situated in',
    'The state in whose territory {} lies is',
    '{} can be visited in',
    'A trip to {} leads to',
  ],
  questions: [
    'In which country is {}?',
    'Which country is {} located in?',
    'What country does {} belong to?',
    'Where is {}?',
  ],
};
