import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { capitalRequest } from '../test/capitals.js';
import { stateFact } from './state-fact.js';

const france = capitalRequest('France', 'Rome');

describe('stateFact', () => {
  it('fills in the statement, and the old object wherever it is named', () => {
    expect(stateFact(france, "Not '{targetTrue}': {statement}. Not {targetTrue}. ")).toBe(
      "Not 'Paris': The capital of France is Rome. Not Paris. ",
    );
  });

  it('leaves braces of the fact itself alone', () => {
    const odd = { ...france, targetNew: '{targetTrue}' };
    expect(stateFact(odd, '{statement}. ')).toBe('The capital of France is {targetTrue}. ');
  });

  it('wants the statement once', async () => {
    for (const wording of ['', '{targetTrue}. ', '{statement} {statement}'])
      await expectCode(async () => stateFact(france, wording), 'invalid-option');
  });
});
