import type { RelationPhrasings } from './relation-phrasings.js';

/** P276, location. */
export const location: RelationPhrasings = {
  relation: 'P276',
  label: 'location',
  subjectKinds: ['event', 'place', 'organisation'],
  statements: [
    'The location of {} is',
    '{} takes place in',
    '{} is located in',
    '{} is held in',
    '{} can be found in',
    "{}'s location is",
    '{} is in',
    'Visitors to {} travel to',
    '{}, which is located in',
    'The venue of {} is in',
    '{} happened in',
    'People go to {} in',
    'To attend {}, one goes to',
    '{} was held in',
    '{}, located in',
    'The place to look for {} is',
  ],
  questions: ['Where is {} located?', 'Where does {} take place?', 'What is the location of {}?'],
};
