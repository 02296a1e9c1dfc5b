import type { SteeredResponse } from '@sakejs/editor';
import { isSakeError } from '@sakejs/spec';

/** Stands where a prompt does not fit into the model once an edit's text is in front of it. */
export const TOO_LONG = 'too long';

export type TooLong = typeof TOO_LONG;

/**
 * Responses to prompts; {@link TOO_LONG} for those that only an edit's text makes too long.
 *
 * One such prompt fails its whole call, so that each is then asked alone.
 */
export async function respondOrTooLong(
  ask: (prompts: readonly string[]) => Promise<readonly SteeredResponse[]>,
  prompts: readonly string[],
): Promise<(SteeredResponse | TooLong)[]> {
  try {
    return [...(await ask(prompts))];
  } catch (error) {
    if (!isTooLong(error)) throw error;
  }
  const responses: (SteeredResponse | TooLong)[] = [];
  for (const prompt of prompts)
    try {
      responses.push(...(await ask([prompt])));
    } catch (error) {
      if (!isTooLong(error)) throw error;
      responses.push(TOO_LONG);
    }
  return responses;
}

/** Whether an error is `rewritePrompt`'s, which tells the edit and the tokens of the prompt with its text. */
function isTooLong(error: unknown): boolean {
  if (!isSakeError(error) || error.code !== 'invalid-input') return false;
  const { edit, tokens, maxPositions } = error.details ?? {};
  return (
    typeof edit === 'string' &&
    typeof tokens === 'number' &&
    typeof maxPositions === 'number' &&
    tokens > maxPositions
  );
}
