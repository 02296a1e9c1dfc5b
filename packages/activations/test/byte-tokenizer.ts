/** Characters that byte-level BPE writes for the 256 bytes: printable ones stand for themselves. */
function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** Merges of the tiny tokenizer, in bytes' characters (`Ġ` is the space). */
const MERGES = ['t h', 'th e', 'Ġ the', 'a n', 'i s', 'Ġ is', 'o f', 'Ġ of', 'Ġ a'];

/** Size of the tiny vocabulary: 256 bytes, the merges, one end-of-text token. */
export const TINY_VOCABULARY: number = 256 + MERGES.length + 1;

/** Id of the end-of-text token. */
export const END_OF_TEXT: number = TINY_VOCABULARY - 1;

/** Contents of `tokenizer.json` and `tokenizer_config.json` of a byte-level BPE tokenizer. */
export function byteTokenizer(): { json: Record<string, unknown>; config: Record<string, unknown> } {
  const pieces = [...byteCharacters(), ...MERGES.map((merge) => merge.replace(' ', ''))];
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const endOfText = {
    id: END_OF_TEXT,
    content: '<|endoftext|>',
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
  return {
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [endOfText],
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
        vocab: Object.fromEntries([...pieces, endOfText.content].map((piece, id) => [piece, id])),
        merges: MERGES,
      },
    },
    config: {
      tokenizer_class: 'GPT2TokenizerFast',
      eos_token: endOfText.content,
      bos_token: endOfText.content,
      clean_up_tokenization_spaces: true,
      model_max_length: 64,
    },
  };
}
