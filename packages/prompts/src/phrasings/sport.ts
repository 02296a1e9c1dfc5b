import type { RelationPhrasings } from './relation-phrasings.js';

/** P641, sport. */
export const sport: RelationPhrasings = {
  relation: 'P641',
  label: 'sport',
  subjectKinds: ['person', 'organisation', 'event'],
  statements: [
    '{} plays professional',
    '{} plays',
    'The sport of {} is',
    "{}'s sport is",
    '{}, who plays',
    'The sport that {} is known for is',
    '{} trains for',
    '{} is a star of',
    '{} earned medals in',
    '{} spends every weekend on',
    'The game {} is best at is',
    '{} is all about',
    '{} is famous in the world of',
    'Fans watch {} for',
    '{} has a career in',
    '{} is associated with the sport of',
  ],
  questions: ['What sport does {} play?', 'Which sport is {} known for?', "What is {}'s sport?"],
};
