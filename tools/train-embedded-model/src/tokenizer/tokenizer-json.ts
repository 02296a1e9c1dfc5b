import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { tokenIds, type TokenizerModel } from './tokenizer-model.js';

/** The two files that Hugging Face libraries load a tokenizer from. */
export interface TokenizerFiles {
  readonly 'tokenizer.json': string;
  readonly 'tokenizer_config.json': string;
}

export interface TokenizerFileOptions {
  /** Longest sequence of the model it belongs to, in tokens. */
  readonly maxPositions: number;
}

/**
 * A model as Hugging Face `tokenizer.json` and `tokenizer_config.json` (class `GPT2Tokenizer`): nothing is put in
 * front of a text, no space is added, decoding leaves spaces as they are.
 */
export function toTokenizerFiles(
  model: TokenizerModel,
  { maxPositions }: TokenizerFileOptions,
): TokenizerFiles {
  const ids = tokenIds(model);
  const endOfText = model.specialTokens[0];
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const added = { lstrip: false, normalized: false, rstrip: false, single_word: false, special: true };
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: model.specialTokens.map((content) => ({ id: ids.get(content), content, ...added })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(ids),
      merges: model.merges.map(([left, right]) => `${left} ${right}`),
    },
  };
  const config = {
    tokenizer_class: 'GPT2Tokenizer',
    model_max_length: maxPositions,
    add_prefix_space: false,
    add_bos_token: false,
    clean_up_tokenization_spaces: false,
    bos_token: endOfText,
    eos_token: endOfText,
    unk_token: endOfText,
    pad_token: endOfText,
  };
  return {
    'tokenizer.json': `${JSON.stringify(tokenizer, null, 1)}\n`,
    'tokenizer_config.json': `${JSON.stringify(config, null, 2)}\n`,
  };
}

const tokenizerSchema = z.object({
  added_tokens: z.array(z.object({ id: z.int().min(0), content: z.string().min(1) })),
  model: z.object({
    type: z.literal('BPE'),
    vocab: z.record(z.string(), z.int().min(0)),
    merges: z.array(z.string().regex(/^[^ ]+ [^ ]+$/)),
  }),
});

/**
 * The model in a `tokenizer.json` that {@link toTokenizerFiles} wrote.
 *
 * @throws {SakeError} `invalid-file` when the text is not such a file.
 */
export function parseTokenizerJson(text: string): TokenizerModel {
  const fail = (got: string, cause?: unknown): never => {
    throw new SakeError(
      'invalid-file',
      `parseTokenizerJson: expected a byte-level BPE tokenizer.json, got ${got}`,
      {
        cause,
      },
    );
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail('text that is not JSON', error);
  }
  const parsed = tokenizerSchema.safeParse(json);
  if (!parsed.success) return fail(z.prettifyError(parsed.error), parsed.error);
  const { added_tokens, model } = parsed.data;
  const entries = Object.entries(model.vocab);
  const vocab = new Array<string>(entries.length);
  for (const [token, id] of entries) vocab[id] = token;
  if (vocab.length !== entries.length || vocab.includes(undefined as never))
    fail(`ids other than 0 to ${entries.length - 1}`);
  return {
    vocab,
    merges: model.merges.map((merge) => merge.split(' ') as [string, string]),
    specialTokens: added_tokens.map(({ content }) => content),
  };
}
