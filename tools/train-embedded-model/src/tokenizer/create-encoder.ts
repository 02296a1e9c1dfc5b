import { SakeError } from '@sakejs/spec';
import { BYTE_CHARACTERS, fromByteCharacters, utf8Bytes } from './byte-alphabet.js';
import { pairKey } from './pair-queue.js';
import { preTokenize } from './pre-tokenize.js';
import { tokenIds, type TokenizerModel } from './tokenizer-model.js';

/** Text to token ids and back. */
export interface Encoder {
  readonly vocabularySize: number;
  /** Id of the special token that ends a document. */
  readonly endOfText: number;
  /** Ids of a text; special tokens that stand in it are one id each, none is added. */
  encode(text: string): number[];
  /** Ids of one piece of {@link preTokenize}; the array is shared, do not change it. */
  encodePiece(piece: string): readonly number[];
  /** @throws {SakeError} `invalid-input` for an id outside the vocabulary. */
  decode(ids: readonly number[]): string;
}

/** Most distinct pieces remembered; a natural corpus has fewer. */
const CACHED_PIECES = 200_000;

/** For a pair, which merge joins it and what comes out. */
interface MergeTable {
  readonly ranks: ReadonlyMap<number, number>;
  readonly results: readonly number[];
}

function mergeTable(model: TokenizerModel, ids: ReadonlyMap<string, number>): MergeTable {
  const ranks = new Map<number, number>();
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined)
      throw new SakeError(
        'invalid-input',
        `createEncoder: expected ${JSON.stringify(token)} in the vocabulary, got none`,
      );
    return id;
  };
  const results = model.merges.map(([left, right], rank) => {
    ranks.set(pairKey(idOf(left), idOf(right)), rank);
    return idOf(left + right);
  });
  return { ranks, results };
}

/** Applies the earliest merge that fits, leftmost first, until none does; quadratic in the piece's length. */
function mergeTokens(tokens: number[], { ranks, results }: MergeTable): number[] {
  for (;;) {
    let best = Infinity;
    let at = -1;
    for (let i = 0; i + 1 < tokens.length; i++) {
      const rank = ranks.get(pairKey(tokens[i]!, tokens[i + 1]!));
      if (rank !== undefined && rank < best) {
        best = rank;
        at = i;
      }
    }
    if (at < 0) return tokens;
    tokens.splice(at, 2, results[best]!);
  }
}

/**
 * An encoder whose ids are those of transformers.js on the model's `tokenizer.json`, with every piece remembered.
 *
 * @throws {SakeError} `invalid-input` when the vocabulary lacks a byte, a merged token or a special token, or has a
 * token twice.
 */
export function createEncoder(model: TokenizerModel): Encoder {
  const ids = tokenIds(model);
  const table = mergeTable(model, ids);
  const byteIds = BYTE_CHARACTERS.map((character) => ids.get(character));
  const specialIds = model.specialTokens.map((token) => ids.get(token));
  const endOfText = specialIds[0];
  if (endOfText === undefined || specialIds.includes(undefined) || byteIds.includes(undefined))
    throw new SakeError(
      'invalid-input',
      'createEncoder: expected all 256 bytes and at least one special token in the vocabulary, got fewer; train the tokenizer with trainTokenizer',
    );
  const special = new Map(model.specialTokens.map((token, i) => [token, specialIds[i]!]));
  const longestFirst = [...special.keys()].sort((a, b) => b.length - a.length);
  const specialPattern = new RegExp(
    `(${longestFirst.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})`,
  );
  const specialsById = new Map([...special].map(([token, id]) => [id, token]));
  const cache = new Map<string, readonly number[]>();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  const encodePiece = (piece: string): readonly number[] => {
    const cached = cache.get(piece);
    if (cached) return cached;
    const tokens = mergeTokens(
      Array.from(utf8Bytes(piece), (byte) => byteIds[byte]!),
      table,
    );
    if (cache.size < CACHED_PIECES) cache.set(piece, tokens);
    return tokens;
  };
  return {
    vocabularySize: model.vocab.length,
    endOfText,
    encodePiece,
    encode(text) {
      const tokens: number[] = [];
      for (const section of text.split(specialPattern)) {
        const id = special.get(section);
        if (id !== undefined) tokens.push(id);
        else
          for (const piece of preTokenize(section))
            for (const token of encodePiece(piece)) tokens.push(token);
      }
      return tokens;
    },
    decode(tokens) {
      let text = '';
      let characters = '';
      const flush = (): void => {
        text += decoder.decode(fromByteCharacters(characters));
        characters = '';
      };
      for (const id of tokens) {
        const token = model.vocab[id];
        if (token === undefined)
          throw new SakeError(
            'invalid-input',
            `decode: expected ids in [0, ${model.vocab.length}), got ${id}`,
          );
        const specialToken = specialsById.get(id);
        if (specialToken === undefined) characters += token;
        else {
          flush();
          text += specialToken;
        }
      }
      flush();
      return text;
    },
  };
}
