import type { RelationPhrasings } from './relation-phrasings.js';

/** P1303, instrument played. */
export const instrument: RelationPhrasings = {
  relation: 'P1303',
  label: 'instrument played',
  subjectKinds: ['person'],
  statements: [
    '{} plays the',
    '{}, who plays the',
    'The instrument of {} is the',
    "{}'s instrument is the",
    'The instrument played by {} is the',
    '{} performs on the',
    '{} is a master of the',
    'On stage, {} is seen with the',
    '{} gives concerts on the',
    'As a musician, {} is best known for playing the',
    '{} took lessons on the',
    'In the band, {} was responsible for the',
    '{} made recordings on the',
    'The musical instrument that {} learned is the',
    '{} composes at the',
    '{} is famous for solos on the',
    '{} practises every day on the',
    '{}, a virtuoso on the',
  ],
  questions: [
    'What instrument does {} play?',
    'Which musical instrument is played by {}?',
    "What is {}'s instrument?",
    'On which instrument does {} perform?',
  ],
};
