import type { CausalLM } from './causal-lm.js';
import { SakeError } from './errors.js';

/** One turn of a conversation. */
export interface ChatMessage {
  /** `system`, `user`, `assistant`, or whatever else the model's template knows. */
  readonly role: string;
  readonly content: string;
}

export interface ChatOptions {
  /** Whether the text ends where the model's answer begins. Default true. */
  readonly generationPrompt?: boolean;
}

/** How a model was trained to see conversations. */
export interface ChatFormat {
  /**
   * The text of a conversation, special tokens written out. For people to read: encoding it like any text would
   * double the special tokens that the tokenizer adds by itself.
   *
   * @throws {SakeError} `invalid-input` for a conversation that the template refuses, such as one without turns.
   */
  render(messages: readonly ChatMessage[], options?: ChatOptions): string;
  /** Tokens of the rendered text, each special token once: a prompt for `generate`. @throws as `render`. */
  encode(messages: readonly ChatMessage[], options?: ChatOptions): number[];
}

/**
 * Tokens of a conversation as the model's chat template writes it.
 *
 * @throws {SakeError} `unsupported` when the model has no template, and what the template refuses.
 */
export function chatTokens(
  lm: Pick<CausalLM, 'chat' | 'info'>,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): number[] {
  if (lm.chat === undefined)
    throw new SakeError(
      'unsupported',
      `chatTokens: expected a model with a chat template, got ${lm.info.id}, which has none in tokenizer_config.json ` +
        'or chat_template.jinja; pass it plain text, or use a model tuned for conversations',
      { details: { model: lm.info.id } },
    );
  return lm.chat.encode(messages, options);
}
