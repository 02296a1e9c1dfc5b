import { reservedTestSentences } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import type { CounterFactRecord } from './counterfact-record.js';

const { records, facts, phrasings } = firstDataset;
const all = [...records.dev, ...records.test];
const statements = new Map(phrasings.map((each) => [each.relation, each.statements]));
const factsOf = ({ requested_rewrite }: CounterFactRecord): typeof facts =>
  facts.filter(({ relation }) => relation === requested_rewrite.relation_id);

/** The facts that a prompt may ask of, by its statement. */
function asked(prompt: string, record: CounterFactRecord): string[] {
  const { relation_id } = record.requested_rewrite;
  return factsOf(record)
    .filter(({ subject }) =>
      statements.get(relation_id)!.some((each) => each.replace('{}', () => subject) === prompt),
    )
    .map(({ object }) => object);
}

describe('buildRecords', () => {
  it('asks each true fact of the dataset with one slot for the subject', () => {
    for (const { requested_rewrite: request } of all) {
      expect(request.prompt.split('{}').length).toBe(2);
      expect(
        facts.some(
          ({ subject, relation, object }) =>
            subject === request.subject &&
            relation === request.relation_id &&
            object === request.target_true.str,
        ),
      ).toBe(true);
    }
  });
  it('numbers records over both splits, one a subject', () => {
    expect(all.map(({ case_id }) => case_id).sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
    expect(new Set(all.map((record) => record.requested_rewrite.subject)).size).toBe(all.length);
  });
  it('takes as new object another one of the relation with another first word', () => {
    for (const record of all) {
      const { target_new, target_true } = record.requested_rewrite;
      expect(factsOf(record).map(({ object }) => object)).toContain(target_new.str);
      expect(target_new.str.split(' ')[0]).not.toBe(target_true.str.split(' ')[0]);
    }
  });
  it('paraphrases in two phrasings other than the request, each behind a reserved sentence', () => {
    for (const { paraphrase_prompts, requested_rewrite: request } of all) {
      expect(paraphrase_prompts.length).toBe(2);
      const own = request.prompt.replace('{}', () => request.subject);
      for (const prompt of paraphrase_prompts) {
        const sentence = reservedTestSentences.find((each) => prompt.startsWith(`${each} `));
        expect(sentence).toBeDefined();
        expect(prompt.slice(sentence!.length + 1)).not.toBe(own);
        expect(prompt).toContain(request.subject);
      }
    }
  });
  it('gives 5 to 10 neighbours with the true object and attribute prompts with the new one', () => {
    for (const record of all) {
      const { target_new, target_true, subject } = record.requested_rewrite;
      for (const [prompts, object] of [
        [record.neighborhood_prompts, target_true.str],
        [record.attribute_prompts, target_new.str],
      ] as const) {
        expect(prompts.length).toBeGreaterThanOrEqual(5);
        expect(prompts.length).toBeLessThanOrEqual(10);
        expect(new Set(prompts).size).toBe(prompts.length);
        for (const prompt of prompts) expect(asked(prompt, record)).toContain(object);
      }
      expect(record.neighborhood_prompts.filter((prompt) => asked(prompt, record).length === 0)).toEqual([]);
      expect(record.generation_prompts.length).toBeGreaterThanOrEqual(3);
      expect(record.generation_prompts.every((prompt) => prompt.includes(subject))).toBe(true);
    }
  });
  it('spreads the records of both splits over all relations', () => {
    for (const split of [records.dev, records.test])
      expect(new Set(split.map((record) => record.requested_rewrite.relation_id)).size).toBe(
        phrasings.length,
      );
  });
});
