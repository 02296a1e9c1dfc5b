import type { SteeredLM } from '@sakejs/editor';
import type { CausalLM, GenerateOptions } from '@sakejs/spec';

/** The greedy continuation of a prompt up to the first line end or full stop. */
export async function continuation(
  lm: Pick<CausalLM | SteeredLM, 'generate'>,
  prompt: string,
  options: Omit<GenerateOptions, 'intervention'> = {},
): Promise<string> {
  let text = '';
  for await (const token of lm.generate(prompt, { maxTokens: 12, stop: ['.', '\n'], ...options }))
    text += token.text;
  return text.trim();
}
