import type { RelationPhrasings } from './relation-phrasings.js';

/** P20, place of death. */
export const deathPlace: RelationPhrasings = {
  relation: 'P20',
  label: 'place of death',
  subjectKinds: ['person'],
  statements: [
    '{} died in',
    '{} passed away in',
    'The place of death of {} is',
    '{}, who died in',
    "{}'s place of death is",
    'The life of {} came to an end in',
    '{} spent the last hours of life in',
    'The death of {} occurred in',
    '{} drew a last breath in',
    'Death came to {} in',
    '{} was living at the end in',
    'The place where {} died is',
    '{} lost their life in',
    'The final days of {} were spent in',
    '{}, deceased in',
    'When death came, {} was in',
    "{}'s last moments were in",
    '{} met death in',
  ],
  questions: [
    'Where did {} die?',
    'What is the place of death of {}?',
    'In which place did {} pass away?',
    'Where did the life of {} end?',
  ],
};
