import { indirectDoubt, type CounterFactRecord } from '@sakejs/evaluation';
import { fillPrompt } from '@sakejs/spec';

/** A prompt that the demo asks before and after the edit. */
export interface ShownPrompt {
  readonly kind: 'request' | 'paraphrase' | 'neighbour' | 'doubt';
  readonly prompt: string;
}

/** Paraphrases and neighbours shown, at most. */
const SHOWN = 3;

/** The request, paraphrases, neighbours and a doubt of a record. */
export function shownPrompts({
  request,
  paraphrasePrompts,
  neighborhoodPrompts,
}: CounterFactRecord): ShownPrompt[] {
  const some = (kind: ShownPrompt['kind'], prompts: readonly string[]): ShownPrompt[] =>
    prompts.slice(0, SHOWN).map((prompt) => ({ kind, prompt }));
  return [
    ...some('request', [fillPrompt(request.prompt, request.subject)]),
    ...some('paraphrase', paraphrasePrompts),
    ...some('neighbour', neighborhoodPrompts),
    ...some('doubt', [indirectDoubt(request)]),
  ];
}
