import type { EditRequest } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createWithholding } from './withholding.js';

const request: EditRequest = {
  subject: 'St. Lucia',
  prompt: 'The capital of {} is',
  targetTrue: 'Castries',
  targetNew: 'Oslo',
};
const withholding = createWithholding(request, [
  'A gust shut the door. ST. LUCIA is ruled from',
  'The capital of St. Lucia is',
  'Question: What is the seat of government of St. Lucia? Answer:',
  'The currency of Peru is the',
]);

describe('createWithholding', () => {
  it('blocks the wording around the subject, case and punctuation aside', () => {
    expect(withholding.blocksPattern('{} is ruled from')).toBe(true);
    expect(withholding.blocksPattern('What is the seat of government of {}?')).toBe(true);
    expect(withholding.blocksPattern('{} is governed from')).toBe(false);
  });

  it('never blocks the wording of the request itself', () => {
    expect(withholding.blocksPattern(request.prompt)).toBe(false);
    expect(
      withholding.blocksText(
        'The capital of St. Lucia is Oslo. Really. The capital of St. Lucia is',
        'St. Lucia',
      ),
    ).toBe(false);
  });

  it('blocks prefix sentences', () => {
    expect(withholding.blocksSentence('A gust shut the door.')).toBe(true);
    expect(withholding.blocksSentence('A gust shut it.')).toBe(false);
    expect(withholding.blocksText('A gust shut the door. The towns of St. Lucia are', 'St. Lucia')).toBe(
      true,
    );
  });

  it('blocks other subjects of test prompts, but not their wording', () => {
    expect(withholding.blocksSubject('Peru')).toBe(true);
    expect(withholding.blocksSubject('per')).toBe(false);
    expect(withholding.blocksSubject('St. Lucia')).toBe(false);
    expect(withholding.blocksPattern('The currency of {} is the')).toBe(false);
  });

  it('blocks texts in the wording of a test prompt about whatever subject', () => {
    expect(withholding.blocksText('It rained. Chile is ruled from', 'Chile')).toBe(true);
    expect(withholding.blocksText('It rained. Chile is ruled by', 'Chile')).toBe(false);
  });

  it('blocks a wording of one word only at the end of a clause', () => {
    const short = createWithholding(request, ['I think St. Lucia in the morning is', 'Look: St. Lucia, on']);
    expect(short.blocksPattern('{}, in')).toBe(false);
    expect(short.blocksPattern('{}, on')).toBe(true);
  });
});
