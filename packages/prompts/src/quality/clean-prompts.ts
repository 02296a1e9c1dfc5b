import { fillPrompt, type EditRequest } from '@sakejs/spec';
import { clauses, containsWording, normalizeWording, subjectMark } from '../wording.js';
import type { Withholding } from '../withholding.js';

/** Why a candidate is no prompt of the distribution. */
export type DropReason =
  'empty' | 'missing-subject' | 'unfilled-placeholder' | 'names-object' | 'withheld' | 'duplicate';

/** Prompts kept, in order, and how many candidates were dropped, by reason. */
export interface CleanPrompts {
  readonly prompts: readonly string[];
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

export interface CleanOptions {
  /** Stop after so many kept prompts; candidates beyond are not looked at. */
  readonly count: number;
  readonly withholding: Withholding;
}

const placeholder = /\{[^{}]*\}|\[[A-Z]\]|<[A-Z_]+>/u;

/**
 * The request's own prompt, then every fit candidate until `count` are kept.
 *
 * Dropped: empty texts; texts without the subject as it is written in the
 * request; texts with a `{}`, `{name}`, `[X]` or `<NAME>` left open; texts that name the true or
 * the new object as whole words outside the subject, whatever their case; texts
 * that share wording with a test prompt; texts that repeat an earlier one, case
 * and punctuation aside.
 */
export function cleanPrompts(
  request: EditRequest,
  candidates: Iterable<string>,
  { count, withholding }: CleanOptions,
): CleanPrompts {
  const first = fillPrompt(request.prompt, request.subject);
  const prompts = [first];
  const seen = new Set([normalizeWording(first)]);
  const dropped: Partial<Record<DropReason, number>> = {};
  if (prompts.length >= count) return { prompts, dropped };
  for (const candidate of candidates) {
    const text = candidate.trim();
    const wording = normalizeWording(text);
    const reason = seen.has(wording) ? 'duplicate' : unfitReason(request, text, withholding);
    if (reason !== undefined) {
      dropped[reason] = (dropped[reason] ?? 0) + 1;
      continue;
    }
    seen.add(wording);
    prompts.push(text);
    if (prompts.length >= count) break;
  }
  return { prompts, dropped };
}

function unfitReason(request: EditRequest, text: string, withholding: Withholding): DropReason | undefined {
  if (normalizeWording(text) === '') return 'empty';
  const parts = clauses(text, request.subject);
  if (!text.includes(request.subject) || !parts.some((part) => part.includes(subjectMark)))
    return 'missing-subject';
  const outside = text.replaceAll(request.subject, () => ' ');
  if (placeholder.test(outside)) return 'unfilled-placeholder';
  const wording = normalizeWording(outside);
  for (const object of [request.targetTrue, request.targetNew])
    if (containsWording(wording, normalizeWording(object))) return 'names-object';
  return withholding.blocksText(text, request.subject) ? 'withheld' : undefined;
}
