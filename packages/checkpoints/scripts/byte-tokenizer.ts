/** Characters that byte-level BPE writes for the 256 bytes: printable ones stand for themselves. */
function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** Tokens of the tokenizer: the bytes and an end of text. */
export const BYTE_VOCABULARY = 257;

/** Contents of `tokenizer.json` and `tokenizer_config.json` of a tokenizer whose tokens are bytes. */
export function byteTokenizer(): { json: Record<string, unknown>; config: Record<string, unknown> } {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const content = '<|endoftext|>';
  const endOfText = { id: 256, content, single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [{ ...endOfText, special: true }],
      normalizer: null,
      pre_tokenizer: byteLevel,
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: '',
        end_of_word_suffix: '',
        fuse_unk: false,
        byte_fallback: false,
        vocab: Object.fromEntries([...byteCharacters(), content].map((piece, id) => [piece, id])),
        merges: [],
      },
    },
    config: { tokenizer_class: 'GPT2TokenizerFast', eos_token: content, bos_token: content },
  };
}
