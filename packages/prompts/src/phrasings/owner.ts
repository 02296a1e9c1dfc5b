import type { RelationPhrasings } from './relation-phrasings.js';

/** P127, owner. */
export const owner: RelationPhrasings = {
  relation: 'P127',
  label: 'owner',
  subjectKinds: ['organisation', 'product', 'place'],
  statements: [
    '{} is owned by',
    '{}, owned by',
    'The owner of {} is',
    "{}'s owner is",
    '{} belongs to',
    '{} is the property of',
    '{}, which belongs to',
    'The shares of {} are held by',
    'The company behind {} is',
    '{} was bought by',
    'The rights to {} are held by',
    '{} is in the hands of',
    '{} is controlled by',
    'The one who owns {} is',
    '{} is part of the holdings of',
    '{} has as its owner',
  ],
  questions: ['Who owns {}?', 'Who is the owner of {}?', 'Who does {} belong to?'],
};
