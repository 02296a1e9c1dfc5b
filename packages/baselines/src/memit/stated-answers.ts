import { implicationContexts, type CausalLM, type EditRequest, fillPrompt } from '@sakejs/spec';
import { objectOf, OBJECT_ENDS, OBJECT_TOKENS } from '../read-object.js';

/**
 * What the model answers to questions with an edited fact stated in front, in their order; undefined where it writes no
 * object, or where the context leaves no room for one. One batch of greedy continuations.
 *
 * Source: the context is the SAKE authors' for implications (arXiv 2503.01751).
 */
export async function statedAnswers(
  lm: CausalLM,
  { subject, prompt, targetTrue, targetNew }: EditRequest,
  questions: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(string | undefined)[]> {
  const stated = fillPrompt(prompt, subject);
  const facts = { originalFact: `${stated} ${targetTrue}`, editedFact: `${stated} ${targetNew}` };
  const contexts = questions.map((text) => implicationContexts({ ...facts, question: ` ${text}` }).target);
  const fits = contexts.map((text) => lm.encode(text).length + OBJECT_TOKENS <= lm.info.maxPositions);
  const streams = lm.generateBatch(
    contexts
      .filter((_, at) => fits[at])
      .map((context) => ({ prompt: context, maxTokens: OBJECT_TOKENS, stop: OBJECT_ENDS })),
    signal === undefined ? {} : { signal },
  );
  const answers = await Promise.all(streams.map(objectOf));
  let next = 0;
  return fits.map((does) => (does ? answers[next++] : undefined));
}
