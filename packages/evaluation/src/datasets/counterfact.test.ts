import { describe, expect, it } from 'vitest';
import { parseCounterFact, readCounterFact } from './counterfact.js';

const record = {
  case_id: 7,
  requested_rewrite: {
    prompt: 'The capital of {} is',
    relation_id: 'P36',
    subject: 'France',
    target_new: { str: 'Rome', id: 'Q220' },
    target_true: { str: 'Paris' },
  },
  paraphrase_prompts: ['It rained. The seat of government of France is'],
  neighborhood_prompts: ['The capital of Ile-de-France is'],
};
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const changed = (change: (copy: typeof record) => void): Uint8Array => {
  const copy = structuredClone(record);
  change(copy);
  return bytes([record, copy]);
};

describe('parseCounterFact', () => {
  it('reads the original schema, with unknown fields let through', () => {
    const dataset = parseCounterFact(bytes([{ ...record, pararel_idx: 3 }]));
    expect(dataset.records[0]).toMatchObject({
      caseId: 7,
      request: {
        subject: 'France',
        prompt: 'The capital of {} is',
        targetTrue: 'Paris',
        targetNew: 'Rome',
        relation: 'P36',
      },
      attributePrompts: [],
    });
    expect(dataset.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes the first N records in file order and says how many there are', () => {
    const file = bytes([0, 1, 2].map((id) => ({ ...record, case_id: id })));
    const dataset = parseCounterFact(file, { limit: 2 });
    expect(dataset.records.map(({ caseId }) => caseId)).toEqual([0, 1]);
    expect(dataset.total).toBe(3);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', bytes(''), /empty file/],
    ['bytes that are not UTF-8', Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d), /does not parse/],
    [
      'a prompt with {} twice',
      changed((r) => (r.requested_rewrite.prompt = '{} and {} are in')),
      /record 1 .*requested_rewrite\.prompt.*once/,
    ],
    ['an empty array', bytes([]), /at least one record/],
    ['no JSON', bytes('[{'), /does not parse/],
    ['an object', bytes({ a: 1 }), /JSON array/],
    [
      'a record without paraphrases',
      changed((r) => (r.paraphrase_prompts = [])),
      /record 1 \(case_id 7\): paraphrase_prompts/,
    ],
    [
      'a prompt without {}',
      changed((r) => (r.requested_rewrite.prompt = 'The capital is')),
      /record 1 .*requested_rewrite\.prompt/,
    ],
    [
      'equal objects',
      changed((r) => (r.requested_rewrite.target_new.str = 'Paris')),
      /record 1 .*equals target_true/,
    ],
    ['a record that is null', bytes([null]), /record 0/],
    [
      'a missing subject',
      bytes([{ ...record, requested_rewrite: { ...record.requested_rewrite, subject: undefined } }]),
      /requested_rewrite\.subject/,
    ],
  ])('names file, record and field for %s', (_, file, message) => {
    expect(() => parseCounterFact(file, { name: 'my.json' })).toThrow(message);
    expect(() => parseCounterFact(file, { name: 'my.json' })).toThrow(/my\.json/);
  });

  it('refuses a limit below 1', () => {
    expect(() => parseCounterFact(bytes([record]), { limit: 0 })).toThrow(/limit/);
  });
});

describe('readCounterFact', () => {
  it('says which file is missing', () => {
    expect(() => readCounterFact('/nowhere/records.json')).toThrow(/\/nowhere\/records\.json/);
  });
});
