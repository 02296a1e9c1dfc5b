import { describe, expect, it } from 'vitest';
import { fillPrompt, validateEditRequest, type EditRequest } from './edit-request.js';

const request: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'Oslo',
};

describe('fillPrompt', () => {
  it('puts the subject in as it is, patterns of replacement included', () => {
    expect(fillPrompt('The capital of {} is', '$& $1')).toBe('The capital of $& $1 is');
  });
});

describe('validateEditRequest', () => {
  it('trims every field and keeps the relation', () => {
    const padded = {
      subject: ' Peru',
      prompt: ' The capital of {} is ',
      targetTrue: '\tLima',
      targetNew: 'Oslo\n',
    };
    expect(validateEditRequest({ ...padded, relation: 'P36' })).toEqual({ ...request, relation: 'P36' });
  });

  it('leaves what it is given as it was', () => {
    const given = Object.freeze({ ...request, subject: ' Peru ' });
    expect(validateEditRequest(given)).not.toBe(given);
    expect(given.subject).toBe(' Peru ');
  });

  it.each<[string, Partial<Record<keyof EditRequest, unknown>>, RegExp]>([
    ['an empty subject', { subject: ' ' }, /non-empty subject, got " "/],
    ['a subject that is no text', { subject: 7 }, /non-empty subject, got 7/],
    ['a missing object', { targetNew: undefined }, /non-empty targetNew, got undefined/],
    ['a prompt without {}', { prompt: 'The capital is' }, /hold '\{\}' once, .* got 0 .* write e\.g\./],
    ['a prompt with two {}', { prompt: '{} or {}' }, /got 2/],
    [
      'equal objects, white space aside',
      { targetNew: ' Lima ' },
      /other than the true one, got "Lima" for both/,
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => validateEditRequest({ ...request, ...change } as EditRequest)).toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringMatching(message) }),
    );
  });
});
