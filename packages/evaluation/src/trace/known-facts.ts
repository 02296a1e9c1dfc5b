import { firstObjectToken, greedyTokens, subjectSpan, type SubjectSpan } from '@sakejs/editor';
import { fillPrompt, SakeError, throwIfAborted, type CausalLM, type EditRequest } from '@sakejs/spec';

/** A fact as a trace asks for it. */
export interface TracedFact {
  readonly prompt: string;
  readonly subject: string;
  readonly object: string;
  /** The object's first token. */
  readonly token: number;
  readonly span: SubjectSpan;
}

/** Prompts that are asked at once. */
const PROMPTS = 64;

/** @throws {SakeError} `invalid-input` for a prompt in which the subject is not found. */
export function tracedFact(lm: CausalLM, { prompt, subject, targetTrue }: EditRequest): TracedFact {
  const text = fillPrompt(prompt, subject);
  const span = subjectSpan(lm, text, subject);
  if (span === undefined)
    throw new SakeError(
      'invalid-input',
      `traceFacts: expected the prompt to name its subject ${JSON.stringify(subject)}, got ${JSON.stringify(text)}`,
    );
  return { prompt: text, subject, object: targetTrue, token: firstObjectToken(lm, targetTrue), span };
}

/** The facts whose object begins with the model's greedy next token. */
export async function knownFacts(
  lm: CausalLM,
  facts: readonly TracedFact[],
  signal?: AbortSignal,
): Promise<TracedFact[]> {
  const known: TracedFact[] = [];
  for (let from = 0; from < facts.length; from += PROMPTS) {
    throwIfAborted(signal, 'traceFacts');
    const part = facts.slice(from, from + PROMPTS);
    const hidden = await lm.capture(
      part.map(({ prompt }) => prompt),
      signal === undefined ? {} : { signal },
    );
    const said = greedyTokens(await lm.project(hidden));
    known.push(...part.filter(({ token }, i) => said[i] === token));
  }
  return known;
}
