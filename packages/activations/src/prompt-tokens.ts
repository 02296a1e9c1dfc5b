import { SakeError, type Prompt } from '@sakejs/spec';
import type { Tokenizer } from './tokenizer.js';

export interface PromptLimits {
  readonly vocabularySize: number;
  readonly maxPositions: number;
}

/**
 * Token ids of a prompt that the model can read.
 *
 * @param where the function and prompt to name in errors.
 * @throws {SakeError} `invalid-input` for an empty prompt, one longer than the model's positions, an id that is none.
 */
export function promptTokens(
  prompt: Prompt,
  tokenizer: Tokenizer,
  limits: PromptLimits,
  where: string,
): readonly number[] {
  const tokens = typeof prompt === 'string' ? tokenizer.encode(prompt) : [...prompt];
  const shown = typeof prompt === 'string' ? JSON.stringify(prompt.slice(0, 60)) : 'token ids';
  if (tokens.length === 0)
    throw new SakeError('invalid-input', `${where}: expected at least one token, got an empty prompt`);
  if (tokens.length > limits.maxPositions)
    throw new SakeError(
      'invalid-input',
      `${where}: expected at most ${limits.maxPositions} tokens, got ${tokens.length} (${shown}); shorten the prompt`,
      { details: { tokens: tokens.length, maxPositions: limits.maxPositions } },
    );
  const wrong = tokens.find((id) => !Number.isInteger(id) || id < 0 || id >= limits.vocabularySize);
  if (wrong !== undefined)
    throw new SakeError(
      'invalid-input',
      `${where}: expected token ids in [0, ${limits.vocabularySize}), got ${wrong}`,
    );
  return tokens;
}

/** Sequences without repeats, and which of them each original is. */
export function distinctSequences(sequences: readonly (readonly number[])[]): {
  readonly distinct: readonly (readonly number[])[];
  readonly indexOf: readonly number[];
} {
  const seen = new Map<string, number>();
  const distinct: (readonly number[])[] = [];
  const indexOf = sequences.map((tokens) => {
    const key = tokens.join(',');
    const known = seen.get(key);
    if (known !== undefined) return known;
    seen.set(key, distinct.length);
    distinct.push(tokens);
    return distinct.length - 1;
  });
  return { distinct, indexOf };
}
