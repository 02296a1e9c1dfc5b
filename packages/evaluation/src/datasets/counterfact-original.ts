import { z } from 'zod';
import type { CounterFactRecord } from './counterfact-record.js';

const object = z.looseObject({ str: z.string().trim().min(1) });
const prompts = z.array(z.string().min(1));

/** A record in CounterFact's original schema; unknown fields are let through. */
export const originalRecord: z.ZodType<CounterFactRecord> = z
  .looseObject({
    case_id: z.number().int(),
    requested_rewrite: z.looseObject({
      prompt: z
        .string()
        .refine((prompt) => prompt.split('{}').length === 2, "must hold '{}' once, where the subject goes"),
      relation_id: z.string().optional(),
      subject: z.string().trim().min(1),
      target_new: object,
      target_true: object,
    }),
    paraphrase_prompts: prompts.min(1, 'must hold at least one paraphrase prompt'),
    neighborhood_prompts: prompts.min(1, 'must hold at least one neighbourhood prompt'),
    attribute_prompts: prompts.optional(),
    generation_prompts: prompts.optional(),
  })
  .transform(({ requested_rewrite: rewrite, ...record }) => ({
    caseId: record.case_id,
    request: {
      subject: rewrite.subject,
      prompt: rewrite.prompt,
      targetTrue: rewrite.target_true.str,
      targetNew: rewrite.target_new.str,
      ...(rewrite.relation_id === undefined ? {} : { relation: rewrite.relation_id }),
    },
    paraphrasePrompts: record.paraphrase_prompts,
    neighborhoodPrompts: record.neighborhood_prompts,
    attributePrompts: record.attribute_prompts ?? [],
    generationPrompts: record.generation_prompts ?? [],
  }));
