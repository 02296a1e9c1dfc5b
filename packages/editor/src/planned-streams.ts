import { type CausalLM, type GeneratedToken, isSakeError, type SakeError } from '@sakejs/spec';
import { hookedModel } from './layer-hooks.js';
import type { PlannedText } from './plan-texts.js';

/**
 * Streams of planned texts, in order: those with hooks share the passes of the hooked model, those that another model says
 * the passes of that one, the others those of the model, and what could not be planned gives its error.
 */
export function plannedStreams(
  lm: CausalLM,
  planned: readonly (PlannedText | SakeError)[],
  signal: AbortSignal | undefined,
  where: string,
): AsyncIterable<GeneratedToken>[] {
  const texts = planned.filter((text): text is PlannedText => !isSakeError(text));
  const hooks = texts.flatMap(({ hooked }) => hooked ?? []);
  const hookedLM = hooks.length > 0 ? hookedModel(lm, hooks, where) : undefined;
  const modelOf = ({ hooked, by }: PlannedText): CausalLM => (hooked ? hookedLM! : (by ?? lm));
  const streams = new Map<PlannedText, AsyncIterable<GeneratedToken>>();
  for (const model of new Set(texts.map(modelOf))) {
    const own = texts.filter((text) => modelOf(text) === model);
    const requests = own.map(({ request }) => request);
    const begun = model.generateBatch(requests, signal === undefined ? {} : { signal });
    own.forEach((text, at) => streams.set(text, begun[at]!));
  }
  return planned.map((text) => (isSakeError(text) ? failing(text) : streams.get(text)!));
}

/** A stream that only throws. */
const failing = (error: SakeError): AsyncIterable<GeneratedToken> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});
