import type { RelationPhrasings } from './relation-phrasings.js';

/** P136, genre. */
export const genre: RelationPhrasings = {
  relation: 'P136',
  label: 'genre',
  subjectKinds: ['person', 'work', 'organisation'],
  statements: [
    'The genre of {} is',
    "{}'s genre is",
    '{} is known for performing',
    '{} belongs to the genre of',
    '{}, whose genre is',
    'Fans of {} are fans of',
    'Critics file {} under',
    'The style of {} is best described as',
    'In the shop, {} is on the shelf for',
    '{} counts as',
    '{} is a classic example of',
    '{} stands for',
    'Those who like {} like',
    'The style most often linked to {} is',
    '{} made its name with',
    '{} is filed under the heading of',
  ],
  questions: ['What is the genre of {}?', 'Which genre does {} belong to?', 'What style is {} known for?'],
};
