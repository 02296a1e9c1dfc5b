import type { RelationPhrasings } from './relation-phrasings.js';

/** P38, currency. */
export const currency: RelationPhrasings = {
  relation: 'P38',
  label: 'currency',
  subjectKinds: ['place'],
  statements: [
    'The currency of {} is the',
    "{}'s currency is the",
    'In {}, people pay with the',
    '{}, whose currency is the',
    'The money used in {} is the',
    'Prices in {} are given in the',
    'The legal tender of {} is the',
    'Wages in {} are paid in the',
    'The central bank of {} issues the',
    'Travellers to {} exchange their cash for the',
    '{} uses the',
    'Banknotes of {} show the',
    'The unit of money in {} is the',
    'Shops in {} accept the',
  ],
  questions: [
    'What is the currency of {}?',
    'Which currency is used in {}?',
    'What money do people use in {}?',
  ],
};
