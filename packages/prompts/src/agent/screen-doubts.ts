import { fillPrompt } from '@sakejs/spec';
import { fillDoubtForm } from '../doubt-forms.js';
import type { DroppedCandidate } from '../quality/screen-candidates.js';
import { containsWording, normalizeWording } from '../wording.js';
import type { ScreenedKind } from './collect-kind.js';
import { isReservedDoubt } from './reserved-doubts.js';
import { screenTexts, withRejections, type EntryContext } from './screen-texts.js';

/** A doubt with its prompt and objects in place. */
export interface WrittenDoubt {
  readonly text: string;
  readonly pattern: string;
}

const marks = /\{(?:prompt|old|new)\}/g;

/** Doubts about the request's own prompt, in wordings apart from the evaluation's. */
export async function screenDoubts(
  items: readonly string[],
  known: readonly WrittenDoubt[],
  room: number,
  context: EntryContext,
): Promise<ScreenedKind<WrittenDoubt>> {
  const { request } = context;
  const { targetTrue, targetNew } = request;
  const prompt = fillPrompt(request.prompt, request.subject);
  const rejected: DroppedCandidate[] = [];
  const doubts = new Map<string, WrittenDoubt>();
  const seen = new Set(known.map(({ pattern }) => normalizeWording(pattern)));
  for (const [index, item] of items.entries()) {
    const pattern = item.trim();
    const reason = seen.has(normalizeWording(pattern))
      ? 'duplicate'
      : doubtTrouble(pattern, targetTrue, targetNew);
    if (reason !== undefined) {
      rejected.push({ text: pattern, index, reason });
      continue;
    }
    seen.add(normalizeWording(pattern));
    const text = fillDoubtForm({ pattern }, { prompt, targetTrue, targetNew });
    doubts.set(text, { text, pattern });
  }
  const { kept, dropped } = await screenTexts(
    [...doubts.keys()],
    'doubt',
    [prompt, ...known.map(({ text }) => text)],
    room,
    context,
    (text) => doubts.get(text)!,
  );
  return { kept, dropped: withRejections(dropped, rejected) };
}

function doubtTrouble(pattern: string, targetTrue: string, targetNew: string): string | undefined {
  if (!pattern.includes('{prompt}') || !/\{(?:old|new)\}/.test(pattern)) return 'missing-mark';
  const outside = pattern.replace(marks, ' ');
  if (/[{}]/.test(outside)) return 'unfilled-placeholder';
  // An object at the end is the answer itself.
  if (/\{(?:old|new)\}\W*$/.test(pattern)) return 'names-answer';
  const wording = normalizeWording(outside);
  for (const object of [targetTrue, targetNew])
    if (containsWording(wording, normalizeWording(object))) return 'names-object';
  return isReservedDoubt(pattern) ? 'reserved-doubt' : undefined;
}
