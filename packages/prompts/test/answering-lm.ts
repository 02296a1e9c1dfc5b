import {
  fromRows,
  SakeError,
  throwIfAborted,
  type CausalLM,
  type GeneratedToken,
  type GenerateOptions,
  type Prompt,
} from '@sakejs/spec';

/** A text in words, each with the space before it, and single marks. */
const pieces = (text: string): string[] => text.match(/\s*[\p{L}\p{N}]+|\s*[^\s\p{L}\p{N}]/gu) ?? [];

/**
 * A model whose next word is a function of the text; words are its tokens, numbered as they come.
 *
 * Activation [width]: one-hot of the next word; the head is the identity.
 */
export function createAnsweringLM(nextWord: (text: string) => string, width = 256): CausalLM {
  const words: string[] = [];
  const idOf = (word: string): number => {
    const known = words.indexOf(word);
    if (known >= 0) return known;
    if (words.length === width) throw new SakeError('invalid-input', `expected at most ${width} words`);
    return words.push(word) - 1;
  };
  const encode = (text: string): number[] => pieces(text).map(idOf);
  const decode = (tokens: readonly number[]): string => tokens.map((token) => words[token]!).join('');
  const textOf = (prompt: Prompt): string => (typeof prompt === 'string' ? prompt : decode(prompt));
  const activation = (text: string): Float32Array => {
    const hidden = new Float32Array(width);
    hidden[idOf(nextWord(text))] = 1;
    return hidden;
  };
  async function* generate(
    prompt: Prompt,
    { maxTokens = 20, signal }: GenerateOptions = {},
  ): AsyncGenerator<GeneratedToken, void, undefined> {
    let text = textOf(prompt);
    for (let step = 0; step < maxTokens; step++) {
      throwIfAborted(signal, 'generate');
      const word = nextWord(text);
      text += word;
      yield { token: idOf(word), text: word, logProbability: 0, step };
    }
  }
  return {
    info: {
      id: 'answering',
      sha256: 'a'.repeat(64),
      family: 'answering',
      hiddenSize: width,
      layers: 1,
      vocabularySize: width,
      maxPositions: 1000,
      dtype: 'float32',
      threads: 1,
      runtime: {},
    },
    encode,
    decode,
    capture: async (prompts) => fromRows(prompts.map((prompt) => activation(textOf(prompt)))),
    observe: async () => {
      throw new SakeError('unsupported', 'observe: expected a model with layers, got one without');
    },
    project: async ({ rows, cols, data }) => ({ rows, cols, data: Float32Array.from(data) }),
    generate,
    generateBatch: (requests, { signal } = {}) =>
      requests.map(({ prompt, ...options }) => generate(prompt, { ...options, ...(signal && { signal }) })),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
