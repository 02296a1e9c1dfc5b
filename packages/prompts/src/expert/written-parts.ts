import { z } from 'zod';
import { tokenUsage } from '../agent/cached-writing.js';
import type { Implication } from '../agent/screen-implications.js';
import type { ReverseQuestion } from '../agent/screen-reverse-questions.js';
import type { WritingReport, WrittenParts } from '../agent/written-distribution.js';

const text = z.string().min(1, 'expected a text, got an empty one');
const count = z.int().min(0);
const counts = z.record(z.string(), count);

export const implication: z.ZodType<Implication> = z.strictObject({
  text,
  hops: z.union([z.literal(1), z.literal(2)], 'expected 1 or 2'),
  answerTrue: text,
  answerNew: text,
});

export const reverseQuestion: z.ZodType<ReverseQuestion> = z.strictObject({
  pattern: text.includes('{}', { error: 'expected a text with {} in the place of the object' }),
  text,
});

/** Names of kinds, reasons and failures are whatever the source wrote. */
export const writingReport = z.strictObject({
  kinds: z.record(
    z.string(),
    z.strictObject({ wanted: count, made: count, replies: count, dropped: counts }),
  ),
  missing: counts,
  failures: z.array(
    z.strictObject({
      kind: z.string(),
      batch: count,
      reason: z.string(),
      message: z.string(),
      status: z.int().optional(),
    }),
  ),
  reasked: counts,
  usage: tokenUsage,
  cost: z.number().optional(),
}) as unknown as z.ZodType<WritingReport>;

/** The parts that a record may hold beside a plain distribution, each as it is checked. */
export const writtenParts: {
  readonly [Part in keyof WrittenParts]: z.ZodType<WrittenParts[Part] | undefined>;
} = {
  aliases: z.array(text).optional(),
  implications: z.array(implication).optional(),
  reverseQuestions: z.array(reverseQuestion).optional(),
  report: writingReport.optional(),
};

/** Those of the parts that are there. */
export function partsOf(of: {
  readonly [Part in keyof WrittenParts]?: WrittenParts[Part] | undefined;
}): Partial<WrittenParts> {
  const { aliases, implications, reverseQuestions, report } = of;
  return {
    ...(aliases === undefined ? {} : { aliases }),
    ...(implications === undefined ? {} : { implications }),
    ...(reverseQuestions === undefined ? {} : { reverseQuestions }),
    ...(report === undefined ? {} : { report }),
  };
}
