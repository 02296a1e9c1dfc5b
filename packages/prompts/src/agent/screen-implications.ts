import { fillPrompt } from '@sakejs/spec';
import type { DroppedCandidate } from '../quality/screen-candidates.js';
import { containsWording, maskSubject, normalizeWording } from '../wording.js';
import type { ScreenedKind } from './collect-kind.js';
import type { ImplicationItem } from './instructions/implications.js';
import { screenTexts, withRejections, type EntryContext } from './screen-texts.js';

/** A statement that follows from the fact, and its answers. */
export interface Implication {
  readonly text: string;
  /** Further facts that the answer takes. */
  readonly hops: 1 | 2;
  readonly answerTrue: string;
  readonly answerNew: string;
}

/** Implications whose stated answers differ and that say neither of them. */
export async function screenImplications(
  items: readonly ImplicationItem[],
  known: readonly Implication[],
  room: number,
  hops: 1 | 2,
  context: EntryContext,
): Promise<ScreenedKind<Implication>> {
  const answers = new Map<string, Implication>();
  const rejected: DroppedCandidate[] = [];
  const texts: string[] = [];
  for (const [index, { prompt, before, after }] of items.entries()) {
    const text = fillPrompt(prompt, context.request.subject).trim();
    const [answerTrue, answerNew] = [before.trim(), after.trim()];
    const reason = answerTrouble(text, answerTrue, answerNew, context.request.subject);
    if (reason !== undefined) rejected.push({ text, index, reason });
    else {
      texts.push(text);
      if (!answers.has(text)) answers.set(text, { text, hops, answerTrue, answerNew });
    }
  }
  const taken = [
    fillPrompt(context.request.prompt, context.request.subject),
    ...known.map(({ text }) => text),
  ];
  const { kept, dropped } = await screenTexts(texts, 'implication', taken, room, context, (text) =>
    answers.get(text)!,
  );
  return { kept, dropped: withRejections(dropped, rejected) };
}

function answerTrouble(text: string, before: string, after: string, subject: string): string | undefined {
  const [was, becomes] = [normalizeWording(before), normalizeWording(after)];
  if (was === '' || becomes === '') return 'empty';
  if (was === becomes) return 'unchanged-answer';
  if (!text.includes(subject)) return 'missing-subject';
  const outside = normalizeWording(maskSubject(text, subject));
  return containsWording(outside, was) || containsWording(outside, becomes) ? 'names-answer' : undefined;
}
