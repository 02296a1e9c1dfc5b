import type { RelationPhrasings } from './relation-phrasings.js';

/** P413, position played. */
export const position: RelationPhrasings = {
  relation: 'P413',
  label: 'position played',
  subjectKinds: ['person'],
  statements: [
    '{} plays as',
    '{} plays in the position of',
    'The position of {} is',
    "{}'s position on the team is",
    '{}, whose position is',
    'On the field, {} is used as',
    '{} lines up as',
    'The coach picks {} as',
    "{}'s usual role in a match is",
    '{} was signed to play as',
    'The role of {} in the team is',
    'On the team sheet, {} is listed as',
    'In a game, {} is normally',
    '{} takes the field as',
    '{} has made a name in sport as',
    'Fans know {} as',
    'The team relies on {} as',
    "{}'s playing position is",
  ],
  questions: [
    'What position does {} play?',
    'Which position does {} hold on the team?',
    'In what role does {} play?',
    "What is {}'s playing position?",
  ],
};
