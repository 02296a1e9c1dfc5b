import { describe, expect, it } from 'vitest';
import { isPrefixOf, scoreQuery, type Answer } from './score-query.js';

const request = { subject: 'France', prompt: 'The capital of {} is', targetTrue: 'Paris', targetNew: 'Rome' };
const answer = (firstToken: string, pNew: number, pTrue: number, fired?: string): Answer => ({
  token: 0,
  firstToken,
  logProbabilityNew: Math.log(pNew),
  logProbabilityTrue: Math.log(pTrue),
  ...(fired === undefined ? {} : { fired }),
});
const plain = answer('Paris', 0.1, 0.8);

describe('isPrefixOf', () => {
  it('takes a beginning of the object and refuses an empty token', () => {
    expect(isPrefixOf('Ro', 'Rome')).toBe(true);
    expect(isPrefixOf('', 'Rome')).toBe(false);
    expect(isPrefixOf('Romeo', 'Rome')).toBe(false);
  });
});

describe('scoreQuery', () => {
  it('asks accuracy and generality for the new object, whatever the gate did', () => {
    expect(scoreQuery('accuracy', request, plain, answer('Rome', 0.9, 0.05), 'paper').success).toBe(true);
    expect(scoreQuery('generality', request, plain, answer('Paris', 0.4, 0.5, 'e'), 'paper').success).toBe(
      false,
    );
  });

  it('keeps a neighbour only where the unedited model prefers the true object, ties included', () => {
    const edited = answer('Paris', 0.1, 0.8);
    expect(scoreQuery('specificity', request, answer('Rome', 0.5, 0.4), edited, 'paper').kept).toBe(false);
    expect(scoreQuery('specificity', request, answer('x', 0.4, 0.4), edited, 'paper').kept).toBe(true);
  });

  it('counts a closed gate as success in the paper protocol only', () => {
    const tie = answer('x', 0.4, 0.4);
    expect(scoreQuery('specificity', request, tie, tie, 'paper').success).toBe(true);
    expect(scoreQuery('specificity', request, tie, tie, 'strict').success).toBe(false);
  });

  it('fails a neighbour whose answer the edit turned', () => {
    const turned = answer('Rome', 0.9, 0.05, 'e');
    expect(scoreQuery('specificity', request, plain, turned, 'paper').success).toBe(false);
    expect(scoreQuery('specificity', request, plain, turned, 'strict').success).toBe(false);
  });

  it('scores first token and probability side by side', () => {
    const score = scoreQuery('generality', request, plain, answer('the', 0.3, 0.2, 'e'), 'strict');
    expect(score).toEqual({ kept: true, success: false, firstToken: false, probability: true });
  });
});
