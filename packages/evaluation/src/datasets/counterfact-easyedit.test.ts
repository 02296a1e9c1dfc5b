import { describe, expect, it } from 'vitest';
import { bytesOf, flatExample, originalExample } from '../../test/dataset-files.js';
import { parseCounterFact, type CounterFactDataset } from './counterfact.js';

const flat = (change: Record<string, unknown> = {}): CounterFactDataset =>
  parseCounterFact(bytesOf([{ ...flatExample, ...change }]), { name: 'flat.json' });

describe('parseCounterFact of the flat form', () => {
  it('gives the record that the original schema gives', () => {
    const { records, format, notes } = flat();
    expect([format, notes]).toEqual(['easyedit', []]);
    expect(records).toEqual([
      {
        caseId: 7,
        request: {
          subject: 'France',
          prompt: 'The capital of {} is',
          targetTrue: 'Paris',
          targetNew: 'Rome',
        },
        paraphrasePrompts: ['The seat of government of France is'],
        neighborhoodPrompts: ['The capital of Ile-de-France is'],
        neighborhoodAnswers: ['Paris'],
        attributePrompts: [],
        generationPrompts: [],
      },
    ]);
    expect(parseCounterFact(bytesOf([originalExample])).format).toBe('original');
  });

  it('takes lists, alternatives and named probes for single fields', () => {
    const { records, notes } = flat({
      case_id: '12',
      target_new: ['Rome'],
      ground_truth: [['Paris', 'Lutetia']],
      rephrase_prompt: undefined,
      rephrase_prompts: ['France is ruled from', 'France has its seat in'],
      locality_prompt: ['The capital of Gaul is', 'The capital of Alsace is'],
      locality_ground_truth: ['Paris', 'Strasbourg'],
      locality: { neighborhood: { prompt: 'Brittany is ruled from', ground_truth: 'Rennes' } },
      relation_id: 'P36',
    });
    expect(records[0]).toMatchObject({
      caseId: 12,
      request: { targetNew: 'Rome', targetTrue: 'Paris', relation: 'P36' },
      paraphrasePrompts: ['France is ruled from', 'France has its seat in'],
      neighborhoodPrompts: ['The capital of Gaul is', 'The capital of Alsace is', 'Brittany is ruled from'],
      neighborhoodAnswers: ['Paris', 'Strasbourg', 'Rennes'],
    });
    expect(notes).toEqual([
      {
        kind: 'odd',
        what: "locality prompts whose answer is not the edit's true object",
        count: 2,
        firstRecord: 0,
      },
    ]);
  });

  it('takes a template for the prompt, and only the first mention of the subject out of it', () => {
    expect(
      flat({ prompt: undefined, prompt_template: '{}, whose capital is' }).records[0]!.request.prompt,
    ).toBe('{}, whose capital is');
    expect(flat({ prompt: 'France! The capital of France is' }).records[0]!.request.prompt).toBe(
      '{}! The capital of France is',
    );
  });

  it('notes what is missing or empty', () => {
    const { records, notes } = flat({
      case_id: undefined,
      rephrase_prompt: '',
      locality_prompt: 'Gaul has ',
      locality_ground_truth: null,
    });
    expect(records[0]).toMatchObject({ caseId: 0, paraphrasePrompts: [], neighborhoodPrompts: ['Gaul has'] });
    expect(records[0]).not.toHaveProperty('neighborhoodAnswers');
    expect(notes?.map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
      'dropped: empty paraphrase prompts',
      'changed: locality prompts: white space at the end cut',
      'odd: records without case_id, numbered by their place',
      'odd: records without paraphrase prompts',
    ]);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a prompt without the subject', { prompt: 'The capital is' }, /prompt: .*hold the subject "France"/],
    ['no prompt', { prompt: undefined }, /prompt: expected a prompt, got none/],
    ['no true object', { ground_truth: undefined }, /ground_truth: expected the true object/],
    ['an empty list of objects', { target_new: [] }, /target_new: /],
    ['equal objects', { target_new: 'Paris' }, /target_new equals ground_truth, "Paris"/],
    ['a case_id in words', { case_id: 'seven' }, /\(case_id seven\): case_id: must be a whole number/],
    ['an answer too many', { locality_ground_truth: ['a', 'b'] }, /locality_ground_truth: expected as many/],
    ['a prompt that is a number', { rephrase_prompt: 7 }, /rephrase_prompt/],
  ])('names file, record and field for %s', (_, change, message) => {
    expect(() => flat(change)).toThrow(message);
    expect(() => flat(change)).toThrow(/^parseCounterFact: flat\.json: record 0/);
  });

  it('refuses a record of the other form', () => {
    expect(() => parseCounterFact(bytesOf([flatExample, originalExample]))).toThrow(/record 1 \(case_id 7\)/);
    expect(() => parseCounterFact(bytesOf([originalExample, flatExample]))).toThrow(
      /record 1 .*requested_rewrite/,
    );
  });
});
