import { SakeError, type ChatFormat, type ChatMessage, type ChatOptions } from '@sakejs/spec';
import { readCompanion } from './companion-file.js';

/** The part of a transformers.js tokenizer that renders conversations. */
interface Templating {
  readonly chat_template: unknown;
  apply_chat_template(
    conversation: { role: string; content: string }[],
    options: { tokenize: false; add_generation_prompt: boolean },
  ): unknown;
}

/** The file that newer tokenizers keep their chat template in. */
export const CHAT_TEMPLATE = 'chat_template.jinja';

/**
 * The content of the chat_template.jinja, where newer tokenizers keep their template, of the first of the folders that
 * has one.
 *
 * @throws {SakeError} `io` for a file that cannot be read.
 */
export async function readChatTemplate(folders: readonly string[]): Promise<Uint8Array | undefined> {
  return (await readCompanion(folders, CHAT_TEMPLATE))?.bytes;
}

/**
 * How a tokenizer's chat template writes conversations; undefined where it has none. Of a list of templates, the
 * one named `default` is taken.
 *
 * @param encode tokens of a text in which special tokens are written out.
 */
export function createChatFormat(
  tokenizer: Templating,
  encode: (text: string) => number[],
): ChatFormat | undefined {
  const { chat_template: template } = tokenizer;
  if (template === null || template === undefined || template === '') return undefined;
  const names = typeof template === 'object' ? Object.keys(template) : ['default'];
  if (names.length === 0) return undefined;
  const render = (messages: readonly ChatMessage[], options: ChatOptions = {}): string => {
    const { generationPrompt = true } = options;
    if (messages.length === 0)
      throw new SakeError('invalid-input', 'render: expected at least one message of a chat, got none');
    if (!names.includes('default'))
      throw new SakeError(
        'unsupported',
        `render: expected a chat template named 'default', got ${names.join(', ')}; name the one for plain conversations so in tokenizer_config.json`,
        { details: { templates: names } },
      );
    let text: unknown;
    try {
      text = tokenizer.apply_chat_template(
        messages.map(({ role, content }) => ({ role, content })),
        { tokenize: false, add_generation_prompt: generationPrompt },
      );
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SakeError(
        'invalid-input',
        `render: expected messages that the model's chat template takes, got roles ${messages.map(({ role }) => role).join(', ')}; it says: ${why}`,
        { details: { roles: messages.map(({ role }) => role) }, cause },
      );
    }
    if (typeof text !== 'string')
      throw new SakeError(
        'invalid-file',
        `render: expected a text from the chat template, got ${typeof text}`,
      );
    return text;
  };
  return { render, encode: (messages, options) => encode(render(messages, options)) };
}
