import { SakeError, type ChatFormat } from '@sakejs/spec';
import { createChatFormat } from './chat-format.js';

/** Text to token ids and back. */
export interface Tokenizer {
  /**
   * Token ids of a text, with the special tokens that the tokenizer's own post-processor adds.
   *
   * @throws {SakeError} `invalid-input` when the vocabulary has no token for a part of the text.
   */
  encode(text: string): number[];
  /** The text of tokens, special tokens left out, white space as it was. */
  decode(tokens: readonly number[]): string;
  /** Absent where the tokenizer comes without a chat template. */
  readonly chat?: ChatFormat;
  /** The token that ends a text, as tokenizer_config.json names it. */
  readonly endOfText?: number;
}

/** Turns a growing list of tokens into text, piece by piece. */
export interface Detokenizer {
  /** What `token` adds to the text; never half a character: that comes with its last token. */
  push(token: number): string;
}

const REPLACEMENT = '\uFFFD';
/** Beyond this many tokens the window restarts with the last few: decoding stays linear in the text. */
const WINDOW = 24;
const KEPT = 8;

/** Version of the library that tokenizes. */
export async function transformersVersion(): Promise<string> {
  const { env } = await import('@xenova/transformers');
  return env.version;
}

/**
 * A tokenizer from the contents of `tokenizer.json` and `tokenizer_config.json`.
 *
 * The class named by `tokenizer_class` is built by transformers.js from these values alone: no file, no network and
 * none of its global settings take part. `chatTemplate` is the content of chat_template.jinja, which takes precedence
 * over the `chat_template` of `tokenizer_config.json`, as in transformers.
 *
 * @throws {SakeError} `invalid-file` when transformers.js cannot build it.
 */
export async function createTokenizer(
  json: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
  chatTemplate?: string,
): Promise<Tokenizer> {
  const library = await import('@xenova/transformers');
  const Base = library.PreTrainedTokenizer;
  const wanted = String(config['tokenizer_class'] ?? '').replace(/Fast$/, '');
  const found = (library as Readonly<Record<string, unknown>>)[wanted];
  const isTokenizer = (value: unknown): value is typeof Base =>
    typeof value === 'function' && value.prototype instanceof Base;
  let inner: InstanceType<typeof Base>;
  try {
    inner = new (isTokenizer(found) ? found : Base)(
      json,
      chatTemplate === undefined ? config : { ...config, chat_template: chatTemplate },
    );
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SakeError(
      'invalid-file',
      `createTokenizer: expected a tokenizer.json that transformers.js reads, got ${why}`,
      { cause },
    );
  }
  const encode = (text: string, addSpecial: boolean): number[] => {
    const ids: (number | undefined)[] = inner.encode(text, { add_special_tokens: addSpecial });
    return ids.map((id, index) => {
      if (id === undefined)
        throw new SakeError(
          'invalid-input',
          `encode: expected text that the vocabulary covers, got no token for piece ${index} of ${JSON.stringify(text)}`,
        );
      return id;
    });
  };
  // The template writes special tokens itself.
  const chat = createChatFormat(inner, (text) => encode(text, false));
  const endOfText: unknown = inner.eos_token_id;
  return {
    ...(chat && { chat }),
    ...(typeof endOfText === 'number' && { endOfText }),
    encode: (text) => encode(text, true),
    decode: (tokens) =>
      tokens.length === 0
        ? ''
        : inner.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
  };
}

/**
 * A detokenizer that goes on from `context`, the tokens already there.
 *
 * An unfinished UTF-8 sequence decodes to one trailing U+FFFD, which is held back until the tokens that finish it,
 * or show it to be broken, have come.
 */
export function createDetokenizer(tokenizer: Tokenizer, context: readonly number[] = []): Detokenizer {
  const finished = (text: string): string => (text.endsWith(REPLACEMENT) ? text.slice(0, -1) : text);
  let window = context.slice(-KEPT);
  let shown = finished(tokenizer.decode(window)).length;
  return {
    push(token) {
      window.push(token);
      const text = tokenizer.decode(window);
      const ready = finished(text);
      const added = ready.slice(shown);
      shown = Math.max(shown, ready.length);
      if (window.length > WINDOW && ready.length === text.length) {
        window = window.slice(-KEPT);
        shown = tokenizer.decode(window).length;
      }
      return added;
    },
  };
}
