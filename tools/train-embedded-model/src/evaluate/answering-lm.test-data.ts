import { fromRows, type CausalLM } from '@sakejs/spec';

/** A test model with the prompts it has read. */
export interface AnsweringLM extends CausalLM {
  readonly read: Set<string>;
}

/**
 * A model that writes `answer(prompt)` behind a prompt, word by word, and the end of text behind any other text.
 *
 * Tokens are words with the space in front of them. A state's one value is the next token, which the head shows.
 */
export function createAnsweringLM(
  answer: (prompt: string) => string | undefined,
  { maxPositions = 1000 }: { readonly maxPositions?: number } = {},
): AnsweringLM {
  const words: string[] = ['<end>'];
  const ids = new Map<string, number>();
  const read = new Set<string>();
  const encode = (text: string): number[] =>
    (text.match(/\s?[^\s]+|\s/g) ?? []).map((word) => {
      const id = ids.get(word) ?? words.push(word) - 1;
      ids.set(word, id);
      return id;
    });
  const decode = (tokens: readonly number[]): string => tokens.map((token) => words[token]!).join('');
  /** What follows: of the prompt itself, or of the prompt that the last words answer so far. */
  const next = (tokens: readonly number[]): number => {
    for (let written = 0; written < Math.min(8, tokens.length); written++) {
      const object = answer(decode(tokens.slice(0, tokens.length - written)));
      if (object === undefined) continue;
      const wanted = encode(` ${object}`);
      const begun = tokens.slice(tokens.length - written);
      if (written < wanted.length && begun.every((token, i) => token === wanted[i])) return wanted[written]!;
    }
    return 0;
  };
  const unused = (): never => {
    throw new Error('not part of this model');
  };
  return {
    info: {
      id: 'answering',
      sha256: 'a'.repeat(64),
      family: 'answering',
      hiddenSize: 1,
      layers: 1,
      vocabularySize: 1,
      maxPositions,
      dtype: 'float32',
      threads: 1,
      runtime: {},
    },
    read,
    encode,
    decode,
    capture: async (prompts, { positions } = {}) =>
      fromRows(
        prompts.map((prompt, index) => {
          const tokens = typeof prompt === 'string' ? encode(prompt) : prompt;
          if (tokens.length > maxPositions) throw new Error(`expected at most ${maxPositions} tokens`);
          const seen = tokens.slice(0, (positions?.[index] ?? tokens.length - 1) + 1);
          read.add(decode(seen));
          return [next(seen)];
        }),
      ),
    project: async ({ rows, data }) =>
      fromRows(
        Array.from({ length: rows }, (_, row) => {
          const logits = new Float32Array(words.length);
          logits[data[row]!] = 1;
          return logits;
        }),
      ),
    observe: unused,
    generate: unused,
    generateBatch: unused,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
