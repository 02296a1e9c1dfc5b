import type { RelationPhrasings } from './relation-phrasings.js';

/** P190, twin city. */
export const twinCity: RelationPhrasings = {
  relation: 'P190',
  label: 'twin city',
  subjectKinds: ['place'],
  statements: [
    '{} is a twin city of',
    'The twin city of {} is',
    "{}'s twin city is",
    '{} is twinned with',
    '{}, which is twinned with',
    '{} has a partnership with',
    'The sister city of {} is',
    "{}'s sister city is",
    '{} signed a friendship agreement with',
    'The partner city of {} is',
    'Students from {} go on exchange to',
    '{} and its twin city',
    'The town hall of {} flies the flag of',
    'A twinning charter joins {} with',
    '{}, twinned with',
    '{} has been paired with',
  ],
  questions: [
    'What is the twin city of {}?',
    'Which city is {} twinned with?',
    'What is the sister city of {}?',
  ],
};
