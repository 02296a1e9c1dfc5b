import type { RelationPhrasings } from './relation-phrasings.js';

/** P30, continent. */
export const continent: RelationPhrasings = {
  relation: 'P30',
  label: 'continent',
  subjectKinds: ['place'],
  statements: [
    '{} is on the continent of',
    '{} belongs to the continent of',
    'The continent of {} is',
    "{}'s continent is",
    '{}, on the continent of',
    '{} lies in',
    'The continent on which {} lies is',
    '{} is part of',
    '{} is found in',
    'The landmass to which {} belongs is',
    'Geographers place {} in',
    '{} is counted among the parts of',
    'In an atlas, {} appears under',
    '{} can be found on the continent of',
    '{}, which is part of',
    'An expedition to {} is an expedition to',
    '{} is a piece of',
    'The map that shows {} is the map of',
  ],
  questions: [
    'On which continent is {}?',
    'What continent does {} belong to?',
    'Which continent is {} part of?',
    'Where in the world is {}?',
  ],
};
