import type { CausalLM } from '@sakejs/spec';

/** Most tokens of an object. */
export const OBJECT_TOKENS = 12;
/** Where an object ends, in text. */
export const OBJECT_ENDS: readonly string[] = ['.', ',', ';', '\n'];

/** A continuation up to where an object ends, undefined where it does not end or is empty. */
export async function objectOf(stream: ReturnType<CausalLM['generate']>): Promise<string | undefined> {
  let text = '';
  let tokens = 0;
  for await (const piece of stream) {
    text += piece.text;
    tokens++;
  }
  const object = text.trim();
  return tokens === OBJECT_TOKENS || object === '' ? undefined : object;
}
