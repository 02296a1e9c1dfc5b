import type { RelationPhrasings } from './relation-phrasings.js';

/** P131, administrative area. */
export const district: RelationPhrasings = {
  relation: 'P131',
  label: 'administrative area',
  subjectKinds: ['place', 'organisation'],
  statements: [
    '{} is located in',
    '{} lies in',
    '{} is in',
    '{}, in',
    '{} is within',
    '{} belongs to the administrative area of',
    'The region that {} belongs to is',
    '{} can be found in',
    '{} is governed as part of',
    '{} is administered by',
    'Local matters of {} are decided in',
    '{} falls within the boundaries of',
    '{} is a part of',
    'On the map, {} is inside',
    '{}, situated in',
    'The area around {} is called',
  ],
  questions: ['Which area is {} in?', 'Where is {} located?', 'Which region does {} belong to?'],
};
