import { fillPrompt, type EditRequest } from '@sakejs/spec';
import { countReasons, type DroppedCandidate } from '../quality/screen-candidates.js';
import type { Withholding } from '../withholding.js';
import { containsWording, normalizeWording } from '../wording.js';
import type { ScreenedKind } from './collect-kind.js';
import type { EntryContext } from './screen-texts.js';

/** The fact asked from its other end. */
export interface ReverseQuestion {
  /** With `{}` in the object's place. */
  readonly pattern: string;
  /** With the new object in its place; its answer under the edit is the subject. */
  readonly text: string;
}

/** Questions with the object's place once in them, which do not name their answer. */
export function screenReverseQuestions(
  items: readonly string[],
  known: readonly ReverseQuestion[],
  room: number,
  { request, withholding }: EntryContext,
): ScreenedKind<ReverseQuestion> {
  const kept: ReverseQuestion[] = [];
  const rejected: DroppedCandidate[] = [];
  const seen = new Set(known.map(({ pattern }) => normalizeWording(pattern)));
  for (const [index, item] of items.entries()) {
    if (kept.length >= room) break;
    const pattern = item.trim();
    const wording = normalizeWording(pattern);
    const reason = seen.has(wording) ? 'duplicate' : reverseTrouble(pattern, wording, request, withholding);
    if (reason !== undefined) rejected.push({ text: pattern, index, reason });
    else {
      seen.add(wording);
      kept.push({ pattern, text: fillPrompt(pattern, request.targetNew) });
    }
  }
  return { kept, dropped: countReasons(rejected) };
}

function reverseTrouble(
  pattern: string,
  wording: string,
  request: EditRequest,
  withholding: Withholding,
): string | undefined {
  if (pattern.split('{}').length !== 2) return 'missing-mark';
  if (/[{}]|_{2,}/.test(pattern.replace('{}', ''))) return 'unfilled-placeholder';
  for (const name of [request.subject, request.targetTrue, request.targetNew])
    if (containsWording(wording, normalizeWording(name)))
      return name === request.subject ? 'names-answer' : 'names-object';
  const texts = [request.targetTrue, request.targetNew].map((object) => fillPrompt(pattern, object));
  return texts.some((text) => withholding.blocksText(text, undefined)) ? 'withheld' : undefined;
}
