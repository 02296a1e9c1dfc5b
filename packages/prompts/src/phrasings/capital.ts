import type { RelationPhrasings } from './relation-phrasings.js';

/** P36, capital. */
export const capital: RelationPhrasings = {
  relation: 'P36',
  label: 'capital',
  subjectKinds: ['place'],
  statements: [
    'The capital of {} is',
    'The capital city of {} is',
    "{}'s capital is",
    '{}, whose capital is',
    '{} has its capital in',
    '{} is governed from',
    'The seat of government of {} is in',
    'The government of {} sits in',
    'As its capital, {} has',
    'The city from which {} is ruled is',
    'The main seat of power in {} is',
    'On the map, the capital of {} is marked as',
    'The administrative centre of {} is',
    '{}, with its capital at',
    'Ministers of {} meet in',
    'The most important government offices of {} are in',
    "{}'s seat of government is",
    'In {}, the capital is called',
  ],
  questions: [
    'What is the capital of {}?',
    'Which city is the capital of {}?',
    "What is {}'s capital city?",
    'From which city is {} governed?',
  ],
};
