import type { RelationPhrasings } from './relation-phrasings.js';

/** P449, original network. */
export const network: RelationPhrasings = {
  relation: 'P449',
  label: 'original network',
  subjectKinds: ['work'],
  statements: [
    '{} was first broadcast on',
    '{} premiered on',
    '{}, broadcast by',
    'The original network of {} is',
    "{}'s original network is",
    '{} originally aired on',
    '{}, which aired on',
    'The first episode of {} was shown on',
    'Viewers first saw {} on',
    '{} was shown on',
    'The channel that first showed {} is',
    'The broadcaster of {} was',
    '{} made its debut on',
    'The show {} ran on',
    '{} was commissioned by',
    'To watch {}, people tuned in to',
    '{}, a programme on',
    'The network that carried {} is',
  ],
  questions: [
    'On which network did {} first air?',
    'Which channel broadcast {}?',
    'What was the original network of {}?',
    'Which network showed {}?',
  ],
};
