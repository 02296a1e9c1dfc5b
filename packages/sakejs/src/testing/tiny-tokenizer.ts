/** Words that get a token of their own, space included; all other text is split into bytes. */
const WORDS = [
  'the',
  'capital',
  'of',
  'is',
  'in',
  'a',
  'to',
  'and',
  'Repeat',
  'this',
  'sentence',
  'not',
  'mention',
];

/** Characters that byte-level BPE writes for the 256 bytes: printable ones stand for themselves. */
function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** Merges that build ` word` (the space is written `Ġ`) from its left. */
function mergesOf(word: string): string[] {
  return [...word].map((letter, at) => `Ġ${word.slice(0, at)} ${letter}`);
}

/** A byte-level BPE tokenizer that encodes every text. */
export interface TinyTokenizer {
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly vocabularySize: number;
  readonly endOfText: number;
}

export function tinyTokenizer(): TinyTokenizer {
  const merges = [...new Set(WORDS.flatMap(mergesOf))];
  const pieces = [...byteCharacters(), ...merges.map((merge) => merge.replace(' ', '')), '<|endoftext|>'];
  const endOfText = pieces.length - 1;
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    vocabularySize: pieces.length,
    endOfText,
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [
        {
          id: endOfText,
          content: pieces[endOfText],
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
          special: true,
        },
      ],
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
        vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
        merges,
      },
    },
    config: {
      tokenizer_class: 'GPT2TokenizerFast',
      eos_token: pieces[endOfText],
      bos_token: pieces[endOfText],
      clean_up_tokenization_spaces: false,
    },
  };
}
