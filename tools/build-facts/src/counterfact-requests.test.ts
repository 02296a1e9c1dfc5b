import { describe, expect, it } from 'vitest';
import { readRecords, readRequests, resolveRequests } from './counterfact-requests.js';

describe('readRequests', () => {
  it('takes the relation that is given, or derived, or none', () => {
    const row = { subject: 's', ground_truth: 'o', prompt_template: '{} is', target_new: 'n', case_id: 0 };
    const text = [
      { ...row, relation_id: 'P1', relation_id_derived: 'P2' },
      { ...row, relation_id_derived: 'P2' },
      row,
    ]
      .map((value) => JSON.stringify(value))
      .join('\n');
    const base = { template: '{} is', subject: 's', object: 'o' };
    expect(readRequests(text, 'f.jsonl')).toEqual([
      { ...base, relation: 'P1' },
      { ...base, relation: 'P2' },
      base,
    ]);
  });
});

describe('readRecords', () => {
  it('reads the true fact and the neighbourhood prompts', () => {
    const record = {
      case_id: 0,
      requested_rewrite: {
        prompt: '{} is in',
        relation_id: 'P30',
        subject: 'Peak',
        target_true: { str: 'Asia' },
        target_new: { str: 'Africa' },
      },
      neighborhood_prompts: ['Hill is in'],
    };
    expect(readRecords(JSON.stringify([record]), 'f.json')).toEqual([
      {
        request: { template: '{} is in', relation: 'P30', subject: 'Peak', object: 'Asia' },
        neighbourPrompts: ['Hill is in'],
      },
    ]);
  });
});

describe('resolveRequests', () => {
  const named = { template: '{} plays', subject: 'Ann', object: 'hockey', relation: 'P641' };
  const nameless = { template: '{} plays', subject: 'Bo', object: 'hockey' };
  const none = (): string[] => [];

  it('keeps the relation that a request names', () => {
    expect(resolveRequests([named], () => ['P1'])).toEqual({
      statements: [{ relation: 'P641', subject: 'Ann', object: 'hockey', source: 'counterfact' }],
      unresolved: 0,
    });
  });

  it('takes the only relation that holds the fact', () => {
    const { statements } = resolveRequests([named, nameless], () => ['P106']);
    expect(statements.map(({ relation }) => relation)).toEqual(['P641', 'P106']);
  });

  it('else takes that of requests with the same wording and object', () => {
    const { statements } = resolveRequests([nameless, named], none);
    expect(statements.map(({ subject, relation }) => [subject, relation])).toEqual([
      ['Bo', 'P641'],
      ['Ann', 'P641'],
    ]);
  });

  it('leaves out and counts a request that fits several relations or none', () => {
    const other = { ...named, relation: 'P106' };
    expect(resolveRequests([named, other, nameless], none)).toMatchObject({ unresolved: 1 });
    expect(resolveRequests([nameless], () => ['P103', 'P1412'])).toEqual({ statements: [], unresolved: 1 });
    expect(resolveRequests([nameless], none)).toEqual({ statements: [], unresolved: 1 });
  });
});
