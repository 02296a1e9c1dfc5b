import { caseIdOf, describeRecord, type Fail } from './dataset-failure.js';
import type { NoteCounter } from './dataset-notes.js';
import type { ParseRecord } from './read-dataset.js';
import { labelsOfQueries, type LabelOf } from './ripple-edits-labels.js';
import {
  rippleEditsAxes,
  rippleEditsFields,
  type RippleEditsAxis,
  type RippleEditsRecord,
  type RippleEditsType,
  type RippleTest,
} from './ripple-edits-record.js';
import { deriveRequest } from './ripple-edits-request.js';
import { rawRippleRecord, type RawRippleRecord, type RawRippleTest } from './ripple-edits-schema.js';
import { cleanTest, type AnswerOptions } from './ripple-edits-tests.js';

/** Checks records of RippleEdits. */
export interface RippleEditsParser {
  readonly parse: ParseRecord<RippleEditsRecord>;
  /** What the records so far say they are. */
  readonly kind: RippleEditsType | 'mixed' | undefined;
}

const fields = Object.values(rippleEditsFields).flat();

/** Whether a value looks like a record of RippleEdits. */
export function isRippleEdits(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'edit' in value && fields.some((field) => field in value)
  );
}

export function createRippleEditsParser(
  fail: Fail,
  notes: NoteCounter,
  options: AnswerOptions = {},
): RippleEditsParser {
  const types = new Set<RippleEditsType | undefined>();

  function parse({
    index,
    value,
  }: {
    readonly index: number;
    readonly value: unknown;
  }): RippleEditsRecord | undefined {
    const place = { record: index, caseId: caseIdOf(value) };
    if (!isRippleEdits(value))
      return fail(
        `expected a record of RippleEdits with edit and the axes ${fields.join(', ')}, got ${describeRecord(value)}`,
        place,
      );
    const parsed = rawRippleRecord.safeParse(value);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      return fail(`${path.join('.') || 'record'}: ${message}`, place);
    }
    const raw = parsed.data;
    const type = typeOf(raw, index);
    types.add(type);
    const tests = rawTests(raw, index);
    const queries = Object.values(tests)
      .flat()
      .flatMap(({ test_queries: asked, condition_queries: conditions }) => [...asked, ...(conditions ?? [])]);
    const told = labelsOfQueries(queries);
    const labelOf: LabelOf = (id) => options.labels?.(id) ?? told.get(id);
    const edit = deriveRequest(raw.edit, queries, labelOf);
    if ('problem' in edit) {
      notes.add('dropped', edit.problem, index);
      return undefined;
    }
    for (const label of edit.derived)
      notes.add('changed', `edits whose ${label} was read off their sentence`, index);
    const clean = (axis: RippleEditsAxis): RippleTest[] =>
      tests[axis].flatMap((test) => cleanTest(test, { ...options, record: index, notes }) ?? []);
    const original = raw.edit.original_fact ?? raw.edit.previous_fact;
    if (original && edit.targetTrue === undefined)
      notes.add('odd', 'edits whose original object has no label', index);
    const caseId = raw.case_id ?? undefined;
    const base = {
      index,
      ...(caseId === undefined ? {} : { caseId }),
      ...(type === undefined ? {} : { type }),
      statement: raw.edit.prompt.trim(),
      tests: Object.fromEntries(rippleEditsAxes.map((axis) => [axis, clean(axis)])) as Record<
        RippleEditsAxis,
        RippleTest[]
      >,
    };
    if (!original || edit.targetTrue === undefined) return { ...base, request: edit.request };
    return {
      ...base,
      request: { ...edit.request, targetTrue: edit.targetTrue },
      originalFact: { prompt: original.prompt.trim(), object: edit.targetTrue },
    };
  }

  function typeOf({ example_type: given }: RawRippleRecord, index: number): RippleEditsType | undefined {
    const name = given?.trim().toLowerCase();
    if (name === 'popular' || name === 'random' || name === 'recent') return name;
    // Names that the code of RippleEdits gives before it splits the file; the first may be of either subset.
    if (name === 'recently_added_fact') return 'recent';
    if (name !== undefined && name !== 'counter_fact')
      notes.add('odd', 'records of an unknown example_type', index);
    return undefined;
  }

  function rawTests(raw: RawRippleRecord, index: number): Record<RippleEditsAxis, readonly RawRippleTest[]> {
    const entries = rippleEditsAxes.map((axis) => {
      const given = rippleEditsFields[axis].filter((field) => (raw[field] ?? undefined) !== undefined);
      if (given.length === 0) notes.add('odd', `records without ${rippleEditsFields[axis][0]!}`, index);
      return [axis, given.flatMap((field) => raw[field] as readonly RawRippleTest[])];
    });
    return Object.fromEntries(entries) as Record<RippleEditsAxis, readonly RawRippleTest[]>;
  }

  return {
    parse,
    get kind() {
      const [only] = types;
      return types.size > 1 ? 'mixed' : only;
    },
  };
}
