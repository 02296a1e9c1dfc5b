import { subjectPosition } from '@sakejs/editor';
import { fillPrompt, SakeError, type CausalLM } from '@sakejs/spec';

/** A prompt in some context, and where its subject ends. */
export interface SubjectContext {
  readonly tokens: readonly number[];
  /** Index of the subject's last token. */
  readonly subject: number;
}

/**
 * A prompt about a subject behind each prefix; an empty prefix gives the prompt alone.
 *
 * @param prompt with `{}` for the subject.
 * @throws {SakeError} `invalid-input` where no token of the subject is found, or a text is longer than the model reads.
 */
export function subjectContexts(
  lm: CausalLM,
  { prompt, subject }: { readonly prompt: string; readonly subject: string },
  prefixes: readonly string[],
): SubjectContext[] {
  return prefixes.map((prefix) => {
    const text = `${prefix === '' ? '' : `${prefix}. `}${fillPrompt(prompt, subject)}`;
    const tokens = lm.encode(text);
    const position = subjectPosition(lm, text, subject);
    if (position === undefined)
      throw new SakeError(
        'invalid-input',
        `subjectContexts: expected a prompt that names ${JSON.stringify(subject)}, got ${JSON.stringify(text)}`,
      );
    if (tokens.length > lm.info.maxPositions)
      throw new SakeError(
        'invalid-input',
        `subjectContexts: expected at most ${lm.info.maxPositions} tokens, got ${tokens.length} of ${JSON.stringify(text.slice(0, 60))}`,
      );
    return { tokens, subject: position };
  });
}
