import { type CausalLM, fillPrompt, type PromptDistribution, throwIfAborted } from '@sakejs/spec';
import { OBJECT_ENDS, objectOf, OBJECT_TOKENS } from './read-object.js';

/** A fact of the edit's relation about another subject, as the model knows it. */
export interface OtherFact {
  readonly subject: string;
  readonly object: string;
}

/**
 * What the model knows of other subjects: the request's prompt completed for each subject of whom the distribution's
 * negatives ask the same.
 *
 * The generator withholds test subjects from its negatives, so none is among these. Left out are objects that do not
 * end within a few words, and subjects whose prompt leaves no room for one. One batch of greedy continuations.
 */
export async function otherFacts(
  lm: CausalLM,
  { request, negatives }: PromptDistribution,
  signal: AbortSignal | undefined,
  where: string,
): Promise<OtherFact[]> {
  const asked = negatives.filter(({ kind }) => kind === 'other-subject');
  const fits = (subject: string): boolean =>
    lm.encode(fillPrompt(request.prompt, subject)).length + OBJECT_TOKENS <= lm.info.maxPositions;
  const subjects = [...new Set(asked.flatMap(({ subject }) => subject ?? []))].filter(fits);
  const streams = lm.generateBatch(
    subjects.map((subject) => ({
      prompt: fillPrompt(request.prompt, subject),
      maxTokens: OBJECT_TOKENS,
      stop: OBJECT_ENDS,
    })),
    signal === undefined ? {} : { signal },
  );
  const objects = await Promise.all(streams.map(objectOf));
  throwIfAborted(signal, where);
  return subjects.flatMap((subject, index) => {
    const object = objects[index];
    return object === undefined || object === subject ? [] : [{ subject, object }];
  });
}
