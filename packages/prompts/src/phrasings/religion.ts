import type { RelationPhrasings } from './relation-phrasings.js';

/** P140, religion. */
export const religion: RelationPhrasings = {
  relation: 'P140',
  label: 'religion',
  subjectKinds: ['person', 'people', 'place'],
  statements: [
    'The religion of {} is',
    '{} follows the religion of',
    "{}'s religion is",
    '{}, a follower of',
    'The faith of {} is',
    '{} is a believer in',
    '{} adheres to',
    '{} belongs to the faith of',
    'In matters of faith, {} follows',
    '{} practises',
    '{}, whose religion is',
    'The religious tradition of {} is',
    '{} professes',
    '{} is affiliated with',
    'The creed of {} comes from',
    '{} keeps the faith of',
    "{}'s religious affiliation is",
    'The prayers of {} belong to',
  ],
  questions: [
    'What is the religion of {}?',
    'Which religion does {} follow?',
    "What is {}'s faith?",
    'Which faith does {} belong to?',
  ],
};
