import { fillDescription } from '@sakejs/prompts';
import type { Fact } from '@sakejs/facts';
import { createRandom, fillPrompt, SakeError, type Random } from '@sakejs/spec';
import type { PopularPlan, RippleAxis, RippleTest } from './popular-plan.js';
import type { RippleEditsRecord, RippleEditsTest, RippleQuery } from './ripple-edits-record.js';
import type { TestPatterns } from './test-patterns.js';
import type { Withheld } from './withheld.js';

export interface PopularOptions {
  readonly plans: readonly PopularPlan[];
  readonly patterns: TestPatterns;
  readonly withheld: Withheld;
  readonly seed: number;
}

/** Records with ripple tests by split; case ids are unique over both. */
export interface PopularRecords {
  readonly dev: readonly RippleEditsRecord[];
  readonly test: readonly RippleEditsRecord[];
}

/**
 * The planned edits in RippleEdits' schema. Test queries are in withheld phrasings; conditions that ask something else
 * than their test, and the edits themselves, are in phrasings that training shows.
 *
 * @throws {SakeError} `not-enough-data` when a condition has no phrasing left that is not withheld.
 */
export function buildPopular({ plans, patterns, withheld, seed }: PopularOptions): PopularRecords {
  const all = createRandom(`${seed}/popular-records`);
  const split: Record<PopularPlan['split'], RippleEditsRecord[]> = { dev: [], test: [] };
  plans.forEach((plan, caseId) => {
    const random = all.fork(caseId);
    const tests = plan.tests.map((test) => {
      const query = testQuery(test);
      const condition =
        test.condition === 'same'
          ? [query]
          : test.condition === 'none'
            ? []
            : [plainQuery(test.condition, patterns, withheld, random)];
      const { alias } = test;
      return {
        axis: test.axis,
        test: {
          test_queries: [query],
          test_condition: 'OR',
          condition_queries: condition,
          ...(alias && { alias: { alias: alias.alias, rule: alias.rule, true_answer: plan.fact.object } }),
        } satisfies RippleEditsTest,
      };
    });
    const of = (axis: RippleAxis): RippleEditsTest[] =>
      tests.filter((each) => each.axis === axis).map(({ test }) => test);
    split[plan.split].push({
      case_id: caseId,
      example_type: 'popular',
      edit: editOf(plan),
      Logical_Generalization: of('Logical_Generalization'),
      Compositionality_I: of('Compositionality_I'),
      Compositionality_II: of('Compositionality_II'),
      Subject_Aliasing: of('Subject_Aliasing'),
      Relation_Specificity: of('Relation_Specificity'),
      Forgetfulness: [],
    });
  });
  return split;
}

function editOf({ fact, targetNew, prompt }: PopularPlan): RippleEditsRecord['edit'] {
  const stated = (object: string): Omit<RippleEditsRecord['edit'], 'subject_label' | 'original_fact'> => ({
    prompt: `${fillPrompt(prompt, fact.subject)} ${object}.`,
    subject_id: fact.subject,
    relation: fact.relation,
    target_id: object,
    target_label: object,
  });
  return { ...stated(targetNew), subject_label: fact.subject, original_fact: stated(fact.object) };
}

function testQuery({ pattern, name, first, second, description }: RippleTest): RippleQuery {
  const answer = (second ?? first).object;
  const prompt =
    description === undefined
      ? fillPrompt(pattern, name)
      : fillDescription(pattern, fillPrompt(description, name));
  return {
    prompt,
    answers: [{ value: answer, aliases: [] }],
    query_type: second ? 'two_hop' : 'regular',
    subject_id: first.subject,
    relation: first.relation,
    target_ids: [first.object],
    phrase: prompt,
    ...(second && { second_relation: second.relation, second_hop_target_ids: [answer] }),
  };
}

function plainQuery(
  { subject, relation, object }: Fact,
  patterns: TestPatterns,
  withheld: Withheld,
  random: Random,
): RippleQuery {
  const shown = patterns.requests(relation).filter((pattern) => !withheld.has(subject, pattern));
  if (shown.length === 0)
    throw new SakeError(
      'not-enough-data',
      `buildPopular: expected a phrasing of ${relation} that is not withheld from ${subject}, got none; word more`,
    );
  return {
    prompt: fillPrompt(random.pick(shown), subject),
    answers: [{ value: object, aliases: [] }],
    query_type: 'regular',
    subject_id: subject,
    relation,
    target_ids: [object],
    phrase: null,
  };
}
