import type { RelationPhrasings } from './relation-phrasings.js';

/** P463, member of. */
export const membership: RelationPhrasings = {
  relation: 'P463',
  label: 'member of',
  subjectKinds: ['person', 'organisation', 'place'],
  statements: [
    '{} is a member of',
    '{}, a member of',
    '{} belongs to',
    '{} joined',
    '{} was admitted to',
    'The organisation {} belongs to is',
    "{}'s membership is in",
    '{} is affiliated with',
    '{} pays dues to',
    '{}, which belongs to',
    '{} takes part in meetings of',
    '{} is counted among the members of',
    '{} was accepted into',
    '{} is one of the members of',
    'The group that {} joined is',
    '{}, affiliated with',
  ],
  questions: ['What is {} a member of?', 'Which organisation does {} belong to?', 'Which group did {} join?'],
};
