import {
  type CausalLM,
  type EditRequest,
  type PromptDistribution,
  SakeError,
  validateEditRequest,
} from '@sakejs/spec';

/**
 * Checks what a method is given to learn from, and gives back the request as an edit stores it: trimmed, without what
 * else the caller's object carries.
 *
 * @throws {SakeError} `invalid-request` for a malformed request or prompts of another one, `not-enough-data` for a
 * distribution without prompts.
 */
export function checkLearnInput(input: EditRequest, prompts: PromptDistribution, where: string): EditRequest {
  const { subject, prompt, targetTrue, targetNew, relation } = validateEditRequest(input);
  const request = { subject, prompt, targetTrue, targetNew, ...(relation === undefined ? {} : { relation }) };
  const other = (['subject', 'prompt', 'targetTrue', 'targetNew'] as const).find(
    (field) => prompts.request[field].trim() !== request[field],
  );
  if (other !== undefined)
    throw new SakeError(
      'invalid-request',
      `${where}: expected prompts made for this request, got prompts with ${other} ${JSON.stringify(prompts.request[other])} instead of ${JSON.stringify(request[other])}`,
      { details: { request, prompts: prompts.request } },
    );
  if (prompts.prompts.length === 0)
    throw new SakeError(
      'not-enough-data',
      `${where}: expected at least one prompt, got an empty distribution`,
    );
  return request;
}

/**
 * Checks that texts fit the model, with `further` tokens of the object behind them.
 *
 * @throws {SakeError} `invalid-input` that quotes the first one that does not.
 */
export function checkLengths(lm: CausalLM, texts: readonly string[], where: string, further = 0): void {
  const most = lm.info.maxPositions - further;
  for (const text of texts) {
    const { length } = lm.encode(text);
    if (length > most)
      throw new SakeError(
        'invalid-input',
        `${where}: expected prompts of at most ${most} tokens with their context${further > 0 ? `, so that ${further} of the object fit behind them` : ''}, got ${length} in ${JSON.stringify(text)}; shorten or drop that prompt`,
        { details: { text, tokens: length, maxPositions: lm.info.maxPositions } },
      );
  }
}
