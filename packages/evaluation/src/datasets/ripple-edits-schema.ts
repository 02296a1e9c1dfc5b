import { z } from 'zod';
import { rippleEditsAxes, rippleEditsFields } from './ripple-edits-record.js';

const labelText = z.union([z.string(), z.number()], 'expected text or a number');
const label = labelText.nullish();
const answer = z.looseObject({
  value: label,
  aliases: z.array(labelText).nullish(),
});
const query = z.looseObject({
  prompt: z.string().refine((prompt) => prompt.trim() !== '', 'expected a prompt, got white space'),
  answers: z.array(answer).nullish(),
  query_type: z.string().nullish(),
  subject_id: z.unknown().optional(),
  relation: z.string().nullish(),
  target_ids: z.unknown().optional(),
  second_hop_target_ids: z.unknown().optional(),
  phrase: z.string().nullish(),
});
const test = z.looseObject({
  test_queries: z.array(query),
  condition_queries: z.array(query).nullish(),
  test_condition: z.enum(['OR', 'AND'], 'expected OR or AND').nullish(),
  alias: z
    .looseObject({ alias: z.string().min(1), rule: z.string().min(1), true_answer: z.string().min(1) })
    .nullish(),
});
const statement = z.string().refine((prompt) => prompt.trim() !== '', 'expected a sentence, got white space');
const fact = z.looseObject({ prompt: statement, target_id: z.unknown().optional(), target_label: label });

const axes = Object.fromEntries(
  rippleEditsAxes.flatMap((axis) => rippleEditsFields[axis].map((field) => [field, z.array(test).nullish()])),
);

/** A record of RippleEdits as the file has it; unknown fields are let through. */
export const rawRippleRecord: z.ZodType<RawRippleRecord> = z
  .looseObject({
    case_id: z
      .union(
        [z.number().int(), z.string().regex(/^\d{1,15}$/, 'must be a whole number')],
        'must be a whole number',
      )
      .transform(Number)
      .nullish(),
    example_type: z.string().nullish(),
    edit: z.looseObject({
      prompt: statement,
      subject_id: z.unknown().optional(),
      relation: z.string().nullish(),
      target_id: z.unknown().optional(),
      subject_label: label,
      target_label: label,
      // The files have the first, the code of RippleEdits and an older README the second.
      original_fact: fact.nullish(),
      previous_fact: fact.nullish(),
    }),
  })
  .and(z.looseObject(axes)) as unknown as z.ZodType<RawRippleRecord>;

type Label = string | number | null | undefined;
export type RawRippleAnswer = {
  readonly value?: Label;
  readonly aliases?: readonly (string | number)[] | null | undefined;
};
export interface RawRippleQuery {
  readonly prompt: string;
  readonly answers?: readonly RawRippleAnswer[] | null | undefined;
  readonly query_type?: string | null | undefined;
  readonly subject_id?: unknown;
  readonly target_ids?: unknown;
  readonly second_hop_target_ids?: unknown;
  readonly phrase?: string | null | undefined;
}
export interface RawRippleTest {
  readonly test_queries: readonly RawRippleQuery[];
  readonly condition_queries?: readonly RawRippleQuery[] | null | undefined;
  readonly test_condition?: 'OR' | 'AND' | null | undefined;
  readonly alias?:
    { readonly alias: string; readonly rule: string; readonly true_answer: string } | null | undefined;
}
export interface RawRippleFact {
  readonly prompt: string;
  readonly target_id?: unknown;
  readonly target_label?: Label;
}
export interface RawRippleEdit extends RawRippleFact {
  readonly subject_id?: unknown;
  readonly relation?: string | null | undefined;
  readonly subject_label?: Label;
  readonly original_fact?: RawRippleFact | null | undefined;
  readonly previous_fact?: RawRippleFact | null | undefined;
}
/** What {@link rawRippleRecord} lets through; the axes' fields are read by name. */
export interface RawRippleRecord {
  readonly case_id?: number | null | undefined;
  readonly example_type?: string | null | undefined;
  readonly edit: RawRippleEdit;
  readonly [axis: string]: unknown;
}
