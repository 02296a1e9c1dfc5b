import { fillPrompt, type EditRequest } from '@sakejs/spec';
import { countReasons, type DroppedCandidate } from '../quality/screen-candidates.js';
import type { Withholding } from '../withholding.js';
import { containsWording, normalizeWording } from '../wording.js';
import type { ScreenedKind } from './collect-kind.js';
import type { EntryContext } from './screen-texts.js';

/** Names other than the subject's own, which name no object and no subject that tests keep for themselves. */
export function screenAliases(
  items: readonly string[],
  known: readonly string[],
  room: number,
  { request, withholding }: EntryContext,
): ScreenedKind<string> {
  const kept: string[] = [];
  const rejected: DroppedCandidate[] = [];
  const seen = new Set([request.subject, ...known].map(normalizeWording));
  for (const [index, item] of items.entries()) {
    if (kept.length >= room) break;
    const text = item.trim();
    const wording = normalizeWording(text);
    const reason = seen.has(wording) ? 'duplicate' : aliasTrouble(text, wording, request, withholding);
    if (reason !== undefined) rejected.push({ text, index, reason });
    else {
      seen.add(wording);
      kept.push(text);
    }
  }
  return { kept, dropped: countReasons(rejected) };
}

/** Most characters of a name. */
const longestAlias = 100;

function aliasTrouble(
  text: string,
  wording: string,
  { prompt, targetTrue, targetNew }: EditRequest,
  withholding: Withholding,
): string | undefined {
  if (wording === '') return 'empty';
  if (text.length > longestAlias || /[\n{}<>[\]]|_{2,}/.test(text)) return 'unfilled-placeholder';
  for (const object of [targetTrue, targetNew])
    if (containsWording(wording, normalizeWording(object))) return 'names-object';
  if (withholding.blocksSubject(text) || withholding.blocksText(fillPrompt(prompt, text), text))
    return 'withheld';
  return undefined;
}
