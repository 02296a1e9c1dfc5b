import { type CausalLM, type GeneratedToken, isSakeError, type SakeError } from '@sakejs/spec';
import { hookedModel } from './layer-hooks.js';
import type { PlannedText } from './plan-texts.js';

/**
 * Streams of planned texts, in order: those with hooks share the passes of the hooked model, the others those of the
 * model, and what could not be planned gives its error.
 */
export function plannedStreams(
  lm: CausalLM,
  planned: readonly (PlannedText | SakeError)[],
  signal: AbortSignal | undefined,
  where: string,
): AsyncIterable<GeneratedToken>[] {
  const texts = planned.map((text) => (isSakeError(text) ? undefined : text));
  const isHooked = (text: PlannedText | undefined): boolean => text?.hooked !== undefined;
  const run = (of: CausalLM, wanted: readonly PlannedText[]): AsyncIterable<GeneratedToken>[] =>
    of.generateBatch(
      wanted.map(({ request }) => request),
      signal === undefined ? {} : { signal },
    );
  const hooked = texts.filter((text): text is PlannedText => isHooked(text));
  const plain = texts.filter((text): text is PlannedText => text !== undefined && !isHooked(text));
  const streams = {
    plain: run(lm, plain),
    hooked:
      hooked.length > 0
        ? run(
            hookedModel(
              lm,
              hooked.map((text) => text.hooked!),
              where,
            ),
            hooked,
          )
        : [],
  };
  const at = { plain: 0, hooked: 0 };
  return planned.map((text) => {
    if (isSakeError(text)) return failing(text);
    const kind = isHooked(text) ? 'hooked' : 'plain';
    return streams[kind][at[kind]++]!;
  });
}

/** A stream that only throws. */
const failing = (error: SakeError): AsyncIterable<GeneratedToken> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});
