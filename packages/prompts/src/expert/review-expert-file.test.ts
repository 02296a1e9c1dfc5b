import type { EditRequest } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createTemplateSource } from '../template-source.js';
import { parseExpertFile } from './parse-expert-file.js';
import { reviewExpertFile, type ExpertReview, type ReviewOptions } from './review-expert-file.js';
import { writeDistributions } from './write-distributions.js';

const lima: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'Oslo',
};
const drops = ({ drops: all }: ExpertReview): (readonly [number, string])[] =>
  all.map(({ line, reason }) => [line, reason]);
const reviewText = (text: string, options: ReviewOptions = {}): ExpertReview =>
  reviewExpertFile(parseExpertFile(text, 'txt', 'a.txt'), options);

describe('reviewExpertFile', () => {
  it('tells the line and the reason of every prompt that would not be used', () => {
    const review = reviewText(
      '# mine\nThe seat of {} is\n\nthe seat of {} is!\nThe capital\nThe {} of {} is\nThey rule {} from',
    );
    expect(drops(review)).toEqual([
      [4, 'duplicate'],
      [5, 'missing-subject'],
      [6, 'unfilled-placeholder'],
    ]);
    expect(review).toMatchObject({ prompts: 5, kept: 2, problems: [] });
  });

  it('tells problems and drops of one file together', () => {
    const file = parseExpertFile('"The seat of {} is"\n{]\n"The capital"', 'jsonl', 'a.jsonl');
    const review = reviewExpertFile(file);
    expect(review.problems.map(({ line }) => line)).toEqual([2]);
    expect(drops(review)).toEqual([[3, 'missing-subject']]);
  });

  it('finds objects of records that name them, or that a request names', () => {
    const records = [
      { ...lima, prompts: ['They rule {} from', 'Not Lima but {} has'] },
      { subject: 'Peru', prompt: lima.prompt, prompts: ['OSLO rules {} with'] },
      { subject: 'Chile', prompts: ['Not Santiago but {} has'] },
    ];
    const file = parseExpertFile(JSON.stringify(records, null, 1), 'json', 'a.json');
    expect(drops(reviewExpertFile(file)).map(([, reason]) => reason)).toEqual(['names-object']);
    const asked = reviewExpertFile(file, { requests: [lima] });
    expect(asked.drops.map(({ text }) => text)).toEqual(['Not Lima but Peru has', 'OSLO rules Peru with']);
    expect(asked.withoutObjects.map(({ subject }) => subject)).toEqual(['Chile']);
  });

  it('finds nothing wrong with what the template source made, near-copies aside', async () => {
    const made = await createTemplateSource().generate(lima, { count: 60 });
    const review = reviewExpertFile(parseExpertFile(writeDistributions([made], 'csv'), 'csv', 'a.csv'));
    expect(review.problems).toEqual([]);
    expect(review.drops.filter(({ reason }) => reason !== 'near-duplicate')).toEqual([]);
    expect(review.prompts).toBe(60);
  });
});
