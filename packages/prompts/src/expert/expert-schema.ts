import type { ImplicationForm, PromptKind } from '@sakejs/spec';
import { z } from 'zod';
import type { WrittenParts } from '../agent/written-distribution.js';
import { writtenParts } from './written-parts.js';

/** A prompt beyond a record's own, as a file has it. */
export interface CheckedScopePrompt {
  text: string;
  kind: PromptKind;
  subject?: string | undefined;
  wording?: string | undefined;
}

/** A prompt with the number of its phrasing. */
export interface CheckedEntry {
  text: string;
  wording?: number | undefined;
}

/** Prompts of what follows from a record's edit, as a file has them. */
export interface CheckedImplied {
  name: string;
  form: ImplicationForm;
  prompts: CheckedScopePrompt[];
  negatives: CheckedScopePrompt[];
}

type CheckedParts = { [Part in keyof WrittenParts]?: WrittenParts[Part] | undefined };

/** A record as a file has it. */
export interface CheckedRecord extends CheckedParts {
  subject: string;
  prompt?: string | undefined;
  targetTrue?: string | undefined;
  targetNew?: string | undefined;
  relation?: string | undefined;
  prompts: CheckedEntry[];
  positives?: CheckedScopePrompt[] | undefined;
  negatives?: CheckedScopePrompt[] | undefined;
  implied?: CheckedImplied[] | undefined;
  source?: { kind: string; [setting: string]: string | number | boolean } | undefined;
  dropped?: Record<string, number> | undefined;
}

const control = /[^\P{Cc}\t\n]/u;

/** A text of a prompt: something to read, without control characters. */
export const promptText: z.ZodType<string> = z
  .string('expected a text')
  .refine((text) => text.trim() !== '', 'expected a non-empty prompt, got an empty one')
  .refine((text) => !control.test(text), 'expected a text without control characters, got one with some');

/** Every kind of prompt, by its name. */
export const promptKinds: readonly PromptKind[] = [
  'paraphrase',
  'implication',
  'forced',
  'doubt',
  'other-subject',
  'same-object',
  'other-relation',
  'topic-change',
  'unrelated',
];

const scopePrompt: z.ZodType<CheckedScopePrompt> = z.strictObject({
  text: promptText,
  kind: z.enum(promptKinds, `expected a kind among ${promptKinds.join(', ')}`),
  subject: z.string().min(1).optional(),
  wording: z.string().optional(),
});

/** Every way in which a question may follow from an edit. */
export const implicationForms: readonly ImplicationForm[] = ['object-relation', 'described-subject'];

const impliedPrompts: z.ZodType<CheckedImplied> = z.strictObject({
  name: z.string().min(1),
  form: z.enum(implicationForms, `expected a form among ${implicationForms.join(', ')}`),
  prompts: z.array(scopePrompt).min(1, 'expected at least one prompt, got none'),
  negatives: z.array(scopePrompt),
});

/** What settings of a source and counts of drops may be. */
export const setting: z.ZodType<string | number | boolean> = z.union([z.string(), z.number(), z.boolean()]);
export const count: z.ZodType<number> = z.int().min(0);

/** A prompt, alone or with the number of its phrasing. */
const promptEntry: z.ZodType<CheckedEntry> = z.preprocess(
  (value) => (typeof value === 'string' ? { text: value } : value),
  z.strictObject({ text: promptText, wording: z.int().optional() }, 'expected a text, or {text, wording}'),
);

export const record: z.ZodType<CheckedRecord> = z.strictObject({
  subject: promptText,
  prompt: promptText.optional(),
  targetTrue: promptText.optional(),
  targetNew: promptText.optional(),
  relation: z.string().min(1).optional(),
  prompts: z.array(promptEntry).min(1, 'expected at least one prompt, got none'),
  positives: z.array(scopePrompt).optional(),
  negatives: z.array(scopePrompt).optional(),
  implied: z.array(impliedPrompts).optional(),
  ...writtenParts,
  source: z.looseObject({ kind: z.string() }).catchall(setting).optional(),
  dropped: z.record(z.string(), count).optional(),
});

export const sharedPrompts: z.ZodType<{ prompts: CheckedEntry[] }> = z.strictObject({
  prompts: z.array(promptEntry),
});
export const singlePrompt: z.ZodType<{ prompt: string }> = z.strictObject({ prompt: promptText });
export const recordList: z.ZodType<{ records: unknown[] }> = z.strictObject({
  records: z.array(z.unknown()),
});
