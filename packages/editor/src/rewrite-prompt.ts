import { type CausalLM, type Prompt, type PromptEdit, SakeError } from '@sakejs/spec';

/**
 * The prompt that the model reads where a prompt edit applies: the edit's text, then the prompt.
 *
 * A text stays a text. Token ids are written anew, as the tokenizer cuts the whole text, where they are what it makes of
 * their own text; where they are not (as in conversations, whose special tokens no text has) the tokens of the edit's
 * text go in front of them, behind the token with which the model opens every text.
 *
 * @throws {SakeError} `invalid-input` for a result longer than the model's positions; the message quotes it.
 */
export function rewritePrompt(
  lm: Pick<CausalLM, 'encode' | 'decode' | 'info'>,
  edit: PromptEdit,
  prompt: Prompt,
  where = 'rewritePrompt',
): Prompt {
  const rewritten =
    typeof prompt === 'string' ? edit.prefix + prompt : rewriteTokens(lm, edit.prefix, prompt);
  const { length } = typeof rewritten === 'string' ? lm.encode(rewritten) : rewritten;
  if (length > lm.info.maxPositions)
    throw new SakeError(
      'invalid-input',
      `${where}: expected at most ${lm.info.maxPositions} tokens with the text of edit '${edit.id}' in front, got ${length} in ${JSON.stringify(typeof rewritten === 'string' ? rewritten : lm.decode(rewritten))}; shorten the prompt`,
      { details: { edit: edit.id, prompt: rewritten, tokens: length, maxPositions: lm.info.maxPositions } },
    );
  return rewritten;
}

function rewriteTokens(
  lm: Pick<CausalLM, 'encode' | 'decode'>,
  prefix: string,
  prompt: readonly number[],
): number[] {
  const text = lm.decode(prompt);
  const again = lm.encode(text);
  if (again.length === prompt.length && begins(again, prompt)) return lm.encode(prefix + text);
  const opening = lm.encode('');
  const front = lm.encode(prefix.trimEnd());
  return [...front, ...(begins(prompt, opening) ? prompt.slice(opening.length) : prompt)];
}

/** Whether tokens begin with others. */
function begins(tokens: readonly number[], others: readonly number[]): boolean {
  return others.every((token, at) => token === tokens[at]);
}
