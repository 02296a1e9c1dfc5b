import { compileFrame, type Frame } from './frame.js';
import { dailyLifeClauses } from './frames/daily-life.js';
import { leisureClauses } from './frames/leisure.js';
import { natureAndScienceClauses } from './frames/nature-and-science.js';
import { peopleClauses } from './frames/people.js';
import { plainClauses } from './frames/plain-clauses.js';
import { publicLifeClauses } from './frames/public-life.js';
import { speechSentences } from './frames/speech.js';

/** Clauses without end mark, which sentences are made of alone or joined. */
export const clauseFrames: readonly Frame[] = [
  ...peopleClauses,
  ...dailyLifeClauses,
  ...natureAndScienceClauses,
  ...publicLifeClauses,
  ...leisureClauses,
  ...plainClauses,
].map(compileFrame);

/** Complete sentences. */
export const completeFrames: readonly Frame[] = speechSentences.map(compileFrame);

/** Joins of two clauses: what stands before, between and after them. */
export const clauseJoins: readonly (readonly [before: string, between: string, after: string])[] = [
  ['', ', and ', '.'],
  ['', ', but ', '.'],
  ['', '; ', '.'],
  ['', '; however, ', '.'],
  ['', ', while ', '.'],
  ['', ' because ', '.'],
  ['', ', so ', '.'],
  ['', ' (', ').'],
  ['', ' – ', '.'],
  ['', ', whereas ', '.'],
  ['', ', although ', '.'],
  ['', ': ', '.'],
  ['although ', ', ', '.'],
  ['when ', ', ', '.'],
  ['since ', ', ', '.'],
  ['if ', ', then ', '.'],
  ['after ', ', ', '.'],
  ['', ' just as ', '.'],
  ['', ', or so it seemed; ', '.'],
];

/** Ends that a clause may take in place of a full stop. */
export const clauseEnds: readonly Frame[] = [
  ', according to {person}.',
  ', as {newspaper} put it.',
  ', or so {given} said.',
  ', at least in {town}.',
  ' ({year}).',
  ' ({span}).',
  ', wrote {surname} in {year}.',
  ', to the surprise of the {role}.',
  '!',
  '...?',
  ', they say.',
  ', among other {things}.',
  ' [{few}].',
  ', didn’t you know?',
].map(compileFrame);
