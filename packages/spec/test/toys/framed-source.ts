import { fillPrompt, validateEditRequest } from '../../src/edit-request.js';
import { SakeError, throwIfAborted } from '../../src/errors.js';
import type { PromptGenerator, ScopePrompt } from '../../src/prompt-distribution.js';
import { createRandom } from '../../src/random.js';

const FRAMES = [
  'People say that the seat of {} is', 'On the map, {} is ruled from', 'Its government sits, for {}, in',
  'Letters to the rulers of {} go to', 'The main town of {} is', 'Ministers of {} meet in',
  'For {} the flag flies highest in', 'Embassies in {} stand in', 'Whoever governs {} lives in',
  'The parliament of {} is found in', 'Trains in {} all lead to', 'The president of {} works in',
  'Laws of {} are made in', 'Protests in {} mostly happen in', 'The court of {} is held in',
]; // prettier-ignore
const OTHERS = ['Brazil', 'Ghana', 'Laos', 'Malta'];

const wordsOf = (text: string): string => ` ${(text.toLowerCase().match(/\p{L}+/gu) ?? []).join(' ')} `;

/** One prompt a frame, in a seeded order. */
export function toyPromptSource(): PromptGenerator {
  return {
    kind: 'toy-frames',
    async generate(given, { count, seed = 0, withhold = [], signal }) {
      throwIfAborted(signal, 'generate');
      const request = validateEditRequest(given);
      if (!Number.isInteger(count) || count < 1)
        throw new SakeError('invalid-option', `generate: expected count >= 1, got ${count}`);
      const withheld = withhold.map(wordsOf);
      const free = (frame: string): boolean => {
        const wording = wordsOf(fillPrompt(frame, request.subject));
        return !withheld.some((text) => text.includes(wording));
      };
      const frames = createRandom(seed).shuffle(FRAMES).filter(free);
      const able = frames.length + 1;
      if (count > able)
        throw new SakeError(
          'not-enough-data',
          `generate: expected ${count} prompts, got ${able}; ask for fewer`,
        );
      const others = OTHERS.filter((name) => !withheld.some((text) => text.includes(wordsOf(name))));
      const about = (kind: ScopePrompt['kind'], subject: string): ScopePrompt[] =>
        frames.slice(0, 4).map((frame) => ({ kind, subject, text: fillPrompt(frame, subject) }));
      const filled = [request.prompt, ...frames].map((frame) => fillPrompt(frame, request.subject));
      return {
        request: given,
        prompts: filled.slice(0, count),
        wordings: [...Array(count).keys()],
        positives: filled.slice(1, 3).map((text) => ({
          kind: 'doubt',
          text: `Is that so? ${text}`,
          subject: request.subject,
        })),
        negatives: others.flatMap((subject) => about('other-subject', subject)),
        source: { kind: 'toy-frames', seed },
        dropped: { withheld: FRAMES.length - frames.length },
      };
    },
  };
}
