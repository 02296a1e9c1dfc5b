import type { NoteCounter } from './dataset-notes.js';
import { isWikidataId, resolvedLabel, type LabelOf } from './ripple-edits-labels.js';
import type { RippleAnswer, RippleQuery, RippleTest } from './ripple-edits-record.js';
import type { RawRippleAnswer, RawRippleQuery, RawRippleTest } from './ripple-edits-schema.js';

/** How answers are cleaned. */
export interface AnswerOptions {
  /** Labels of Wikidata ids that stand where a label is missing. */
  readonly labels?: LabelOf;
  /** What becomes of answers and aliases that are ids without a label. Default `drop`. */
  readonly unresolved?: 'drop' | 'keep';
  /**
   * Aliases with fewer characters are dropped, numbers aside (RippleEdits' own evaluation does so with 2). Default 1:
   * one-letter aliases stay, as the paper's protocol has them.
   */
  readonly minAliasLength?: number;
}

/** What cleaning a record's tests needs to know. */
export interface AnswerCleaning extends AnswerOptions {
  readonly record: number;
  readonly notes: NoteCounter;
}

/** A test as a dataset has it; undefined (noted) when none of its queries has an answer. */
export function cleanTest(test: RawRippleTest, cleaning: AnswerCleaning): RippleTest | undefined {
  const { notes, record } = cleaning;
  const queries = test.test_queries.map((query) => cleanQuery(query, cleaning));
  if (queries.every(({ answers }) => answers.length === 0)) {
    notes.add('dropped', 'tests without an answer', record);
    return undefined;
  }
  const conditions = (test.condition_queries ?? []).map((query) => cleanQuery(query, cleaning));
  notes.add('odd', 'queries without an answer beside others', record, queries.filter(isUnanswered).length);
  notes.add(
    'odd',
    'conditions without an answer, which never hold',
    record,
    conditions.filter(isUnanswered).length,
  );
  if (!test.test_condition) notes.add('odd', 'tests without test_condition, taken for OR', record);
  return {
    queries,
    conditions,
    testCondition: test.test_condition ?? 'OR',
    ...(!test.alias
      ? {}
      : { alias: { name: test.alias.alias, rule: test.alias.rule, trueAnswer: test.alias.true_answer } }),
  };
}

const isUnanswered = ({ answers }: RippleQuery): boolean => answers.length === 0;

function cleanQuery(query: RawRippleQuery, cleaning: AnswerCleaning): RippleQuery {
  const prompt = query.prompt.trimEnd();
  if (prompt !== query.prompt)
    cleaning.notes.add('changed', 'prompts: white space at the end cut', cleaning.record);
  return { prompt, answers: (query.answers ?? []).flatMap((answer) => cleanAnswer(answer, cleaning) ?? []) };
}

/** An answer whose value has no label takes its first alias for one; without aliases it is dropped. */
function cleanAnswer(answer: RawRippleAnswer, cleaning: AnswerCleaning): RippleAnswer | undefined {
  const { notes, record } = cleaning;
  const value = cleanLabel(answer.value, cleaning);
  const aliases = (answer.aliases ?? []).flatMap((alias) => cleanAlias(alias, cleaning) ?? []);
  if (value !== undefined) return { value, aliases };
  const [first, ...others] = aliases;
  notes.add(
    first === undefined ? 'dropped' : 'changed',
    first === undefined ? 'answers without a label' : 'answers without a label: an alias took its place',
    record,
  );
  return first === undefined ? undefined : { value: first, aliases: others };
}

function cleanLabel(
  raw: unknown,
  { labels, unresolved = 'drop', notes, record }: AnswerCleaning,
): string | undefined {
  const label = resolvedLabel(raw);
  if (label !== undefined || typeof raw !== 'string' || !isWikidataId(raw)) return label;
  const found = resolvedLabel(labels?.(raw.trim()));
  if (found !== undefined) notes.add('changed', 'ids replaced by their labels', record);
  else if (unresolved === 'keep') notes.add('odd', 'ids in the place of labels', record);
  return found ?? (unresolved === 'keep' ? raw.trim() : undefined);
}

function cleanAlias(raw: unknown, cleaning: AnswerCleaning): string | undefined {
  const { minAliasLength = 1, notes, record } = cleaning;
  const alias = cleanLabel(raw, cleaning);
  if (alias === undefined) {
    notes.add('dropped', 'aliases without a label', record);
    return undefined;
  }
  const length = [...alias].length;
  if (length >= minAliasLength || /^\d+$/.test(alias)) {
    if (length === 1) notes.add('odd', 'aliases of one character', record);
    return alias;
  }
  notes.add('dropped', `aliases of fewer than ${minAliasLength} characters`, record);
  return undefined;
}
