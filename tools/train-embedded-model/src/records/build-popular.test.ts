import { fillDescription } from '@sakejs/prompts';
import { fillPrompt } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { embeddedConfig, embeddedDataset } from '../corpus/embedded-dataset.test-data.js';
import { createFactBook } from '../corpus/fact-book.js';
import { rippleAxes } from './popular-plan.js';
import type { RippleEditsRecord } from './ripple-edits-record.js';

const { popular, facts, withheld, phrasings, edits, records: counterfact } = embeddedDataset;
const { dev, test } = popular.records;
const all = [...dev, ...test];
const objectOf = new Map(facts.map((fact) => [`${fact.relation}\t${fact.subject}`, fact.object]));
const plans = popular.plans.map((plan, i) => ({ plan, record: all.find(({ case_id }) => case_id === i)! }));

const query = z.strictObject({
  prompt: z.string().min(1),
  answers: z.array(z.strictObject({ value: z.string().min(1), aliases: z.array(z.string()) })).length(1),
  query_type: z.enum(['regular', 'two_hop']),
  subject_id: z.string(),
  relation: z.string(),
  target_ids: z.array(z.string()).length(1),
  phrase: z.string().nullable(),
  second_relation: z.string().optional(),
  second_hop_target_ids: z.array(z.string()).optional(),
});
const tests = z.array(
  z.strictObject({
    test_queries: z.array(query).length(1),
    test_condition: z.literal('OR'),
    condition_queries: z.array(query).max(1),
    alias: z
      .strictObject({ alias: z.string(), rule: z.enum(['surname', 'initials']), true_answer: z.string() })
      .optional(),
  }),
);
const stated = {
  prompt: z.string(),
  subject_id: z.string(),
  relation: z.string(),
  target_id: z.string(),
  target_label: z.string(),
};
const recordSchema = z.strictObject({
  case_id: z.number().int(),
  example_type: z.literal('popular'),
  edit: z.strictObject({ ...stated, subject_label: z.string(), original_fact: z.strictObject(stated) }),
  Logical_Generalization: tests,
  Compositionality_I: tests,
  Compositionality_II: tests,
  Subject_Aliasing: tests,
  Relation_Specificity: tests,
  Forgetfulness: z.array(z.never()),
});

/** What a query's chain gives when the record's edit, and what it implies, is true. */
function answerOf(record: RippleEditsRecord, subject: string, relation: string): string | undefined {
  const { edit } = record;
  if (subject === edit.subject_id && relation === edit.relation) return edit.target_id;
  return objectOf.get(`${relation}\t${subject}`);
}

describe('buildPopular', () => {
  it('writes records of the schema', () => {
    for (const record of all) expect(recordSchema.safeParse(record).error?.issues).toBeUndefined();
  });
  it('gives each split half of the records, and 100 tests of each scored axis', () => {
    expect([dev.length, test.length]).toEqual([
      embeddedConfig.popularRecords / 2,
      embeddedConfig.popularRecords / 2,
    ]);
    for (const records of [dev, test])
      for (const axis of [
        'Compositionality_I',
        'Compositionality_II',
        'Subject_Aliasing',
        'Relation_Specificity',
      ] as const)
        expect(records.flatMap((record) => record[axis]).length).toBeGreaterThanOrEqual(200);
    for (const record of all) expect(rippleAxes.some((axis) => record[axis].length > 0)).toBe(true);
  });
  it('edits each subject once, in one split and one suite', () => {
    const subjects = [
      ...all.map(({ edit }) => edit.subject_id),
      ...[...counterfact.dev, ...counterfact.test].map((record) => record.requested_rewrite.subject),
    ];
    expect(new Set(subjects).size).toBe(subjects.length);
    for (const { edit } of all) {
      expect(objectOf.get(`${edit.relation}\t${edit.subject_id}`)).toBe(edit.original_fact.target_id);
      expect(edit.prompt).toBe(
        `${edit.original_fact.prompt.slice(0, -edit.original_fact.target_id.length - 1)}${edit.target_id}.`,
      );
      expect(edit.prompt.split(edit.subject_id)).toHaveLength(2);
    }
  });
  it('withholds each test phrasing from the name in its prompt', () => {
    for (const { plan, record } of plans)
      for (const axis of rippleAxes)
        plan.tests
          .filter((each) => each.axis === axis)
          .forEach(({ pattern, name, description, withheldFrom }, i) => {
            const { prompt } = record[axis][i]!.test_queries[0]!;
            expect(prompt).toBe(
              description === undefined
                ? fillPrompt(pattern, name)
                : fillDescription(pattern, fillPrompt(description, name)),
            );
            for (const each of [name, ...withheldFrom]) expect(withheld.has(each, pattern)).toBe(true);
          });
  });
  it('states edits and conditions in phrasings that training shows', () => {
    const book = createFactBook(embeddedDataset);
    const factOf = new Map(facts.map((fact) => [`${fact.relation}\t${fact.subject}`, fact]));
    for (const { plan } of plans) expect(book.statements(plan.fact)).toContain(plan.prompt);
    for (const record of all)
      for (const { condition_queries } of [...record.Compositionality_I, ...record.Compositionality_II]) {
        const { prompt, subject_id, relation } = condition_queries[0]!;
        const shown = book.statements(factOf.get(`${relation}\t${subject_id}`)!);
        expect(shown.map((pattern) => fillPrompt(pattern, subject_id))).toContain(prompt);
      }
  });
  it('expects what the facts and the edit give', () => {
    for (const record of all) {
      const { edit } = record;
      const queries = [
        ...record.Compositionality_I,
        ...record.Compositionality_II,
        ...record.Subject_Aliasing,
        ...record.Relation_Specificity,
      ].flatMap(({ test_queries, condition_queries }) => [...test_queries, ...condition_queries]);
      for (const each of queries) {
        const first = answerOf(record, each.subject_id, each.relation);
        expect([first]).toEqual(each.target_ids);
        expect(each.answers[0]!.value).toBe(
          each.second_relation === undefined ? first : answerOf(record, first!, each.second_relation),
        );
      }
      for (const { test_queries } of record.Logical_Generalization) {
        const inverse = { P36: 'P1376', P1376: 'P36', P190: 'P190' }[edit.relation];
        expect(test_queries[0]).toMatchObject({
          subject_id: edit.target_id,
          relation: inverse,
          answers: [{ value: edit.subject_id, aliases: [] }],
        });
      }
    }
  });
  it('expects of other facts what no edit of the suite changes', () => {
    const edited = new Set(all.map(({ edit }) => `${edit.relation}\t${edit.subject_id}`));
    for (const record of all) {
      for (const each of record.Relation_Specificity)
        expect(edited).not.toContain(
          `${each.test_queries[0]!.relation}\t${each.test_queries[0]!.subject_id}`,
        );
      for (const { condition_queries } of [...record.Compositionality_I, ...record.Compositionality_II])
        expect(edited).not.toContain(
          `${condition_queries[0]!.relation}\t${condition_queries[0]!.subject_id}`,
        );
    }
  });
  it('asks a first hop for something that the true object does not have', () => {
    for (const { edit, Compositionality_I } of all)
      for (const { test_queries } of Compositionality_I)
        expect(
          objectOf.get(`${test_queries[0]!.second_relation!}\t${edit.original_fact.target_id}`),
        ).not.toBe(test_queries[0]!.answers[0]!.value);
  });
  it('leaves every fact at least 10 statements in training', () => {
    const book = createFactBook(embeddedDataset);
    expect(Math.min(...facts.map((fact) => book.statements(fact).length))).toBeGreaterThanOrEqual(10);
    for (const pool of ['compositions', 'aliases'] as const)
      expect(Math.min(...book.pool(pool).map(({ statements }) => statements.length))).toBeGreaterThanOrEqual(
        10,
      );
  });
});

describe('buildRecords of the embedded dataset', () => {
  it('gives 298 or more records a split, each with 5 neighbours that no record edits', () => {
    const records = [...counterfact.dev, ...counterfact.test];
    expect(Math.min(counterfact.dev.length, counterfact.test.length)).toBeGreaterThanOrEqual(298);
    const edited = new Set(edits.map(({ fact }) => fact.subject));
    const neighbours = new Map<string, string[]>();
    for (const { relation, subject, object } of facts) {
      const key = `${relation}\t${object}`;
      if (!edited.has(subject)) neighbours.set(key, [...(neighbours.get(key) ?? []), subject]);
    }
    const statements = new Map(phrasings.map((each) => [each.relation, each.statements]));
    for (const { requested_rewrite: request, neighborhood_prompts, attribute_prompts } of records)
      for (const [prompts, object] of [
        [neighborhood_prompts, request.target_true.str],
        [attribute_prompts, request.target_new.str],
      ] as const) {
        const asked = (prompt: string): string | undefined =>
          neighbours
            .get(`${request.relation_id}\t${object}`)!
            .find((subject) =>
              statements.get(request.relation_id)!.some((each) => fillPrompt(each, subject) === prompt),
            );
        const subjects = prompts.map(asked);
        expect(subjects).not.toContain(undefined);
        expect(new Set(subjects).size).toBeGreaterThanOrEqual(5);
      }
  });
});
