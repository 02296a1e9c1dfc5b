import { fillPrompt } from '@sakejs/spec';
import type { ScreenedKind } from './collect-kind.js';
import { screenTexts, type EntryContext } from './screen-texts.js';

/** Paraphrases; `{}` for the subject is filled. */
export async function screenParaphrases(
  items: readonly string[],
  kept: readonly string[],
  room: number,
  context: EntryContext,
): Promise<ScreenedKind<string>> {
  const { request } = context;
  const texts = items.map((item) => fillPrompt(item, request.subject));
  return screenTexts(
    texts,
    'paraphrase',
    [fillPrompt(request.prompt, request.subject), ...kept],
    room,
    context,
    (text) => text,
  );
}
