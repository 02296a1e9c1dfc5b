import {
  fromRows,
  SakeError,
  throwIfAborted,
  type CausalLM,
  type GeneratedToken,
  type GenerateOptions,
  type Matrix,
  type Prompt,
} from '@sakejs/spec';

/** Next-token logits by text; a word carries its leading space (` Paris`). Words not named have logit 0. */
export type Script = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A model that says exactly what its script says, and counts the prompts it was asked to decode. */
export interface ScriptedLM extends CausalLM {
  readonly decoded: string[];
  /** Index of a scripted text: the last coordinate of its activation. -1 for any other text. */
  textIndex(text: string): number;
}

export interface ScriptedOptions {
  readonly maxPositions?: number;
  /** Tokens before every text, as a begin-of-text token. */
  readonly opening?: string;
}

/**
 * A model whose logits are written down.
 *
 * Activation: the logits of the text's script [V], then the text's index; the head drops the index. Tokens are
 * words with their leading space and single marks. A text without a script ends.
 */
export function createScriptedLM(script: Script, options: ScriptedOptions = {}): ScriptedLM {
  const { maxPositions = 64, opening } = options;
  const texts = Object.keys(script);
  const words = [
    ...new Set([
      ...(opening === undefined ? [] : [opening]),
      ...Object.entries(script).flatMap(([text, logits]) => [
        ...pieces(text),
        ...Object.keys(logits).flatMap(pieces),
      ]),
    ]),
  ];
  const idOf = new Map(words.map((word, id) => [word, id]));
  const hiddenSize = words.length + 1;
  const decoded: string[] = [];

  const encode = (text: string): number[] =>
    [...(opening === undefined ? [] : [opening]), ...pieces(text)].map((piece) => {
      const id = idOf.get(piece);
      if (id === undefined)
        throw new SakeError('invalid-input', `expected words of the script, got ${JSON.stringify(piece)}`);
      return id;
    });
  const decode = (tokens: readonly number[]): string =>
    tokens
      .map((token) => words[token]!)
      .filter((word) => word !== opening)
      .join('');
  const textOf = (prompt: Prompt): string => (typeof prompt === 'string' ? prompt : decode(prompt));
  const hiddenOf = (text: string): Float32Array => {
    const hidden = new Float32Array(hiddenSize);
    for (const [word, logit] of Object.entries(script[text] ?? {}))
      hidden[idOf.get(pieces(word)[0]!)!] = logit;
    hidden[hiddenSize - 1] = texts.indexOf(text);
    return hidden;
  };

  async function* generate(
    prompt: Prompt,
    { maxTokens = 20, intervention, signal }: GenerateOptions = {},
  ): AsyncGenerator<GeneratedToken, void, undefined> {
    let text = textOf(prompt);
    decoded.push(text);
    for (let step = 0; step < maxTokens; step++) {
      throwIfAborted(signal, 'generate');
      if (!Object.hasOwn(script, text)) return;
      const lastTokenActivation = hiddenOf(text);
      const tokens = encode(text);
      const observation = { tokens, lastTokenActivation, layers: new Map<number, Matrix<Float32Array>>() };
      const replaced = await intervention?.intervene({ step, tokens, lastTokenActivation, observation });
      const logits = (replaced ?? lastTokenActivation).subarray(0, -1);
      const token = logits.indexOf(Math.max(...logits));
      text += words[token]!;
      yield { token, text: words[token]!, logProbability: 0, step };
    }
  }

  return {
    info: {
      id: 'scripted',
      sha256: 'c'.repeat(64),
      family: 'scripted',
      hiddenSize,
      layers: 1,
      vocabularySize: words.length,
      maxPositions,
      dtype: 'float32',
      threads: 1,
      runtime: {},
    },
    decoded,
    textIndex: (text) => texts.indexOf(text),
    encode,
    decode,
    capture: async (prompts) => fromRows(prompts.map((prompt) => hiddenOf(textOf(prompt)))),
    observe: async (prompts, { signal } = {}) => {
      throwIfAborted(signal, 'observe');
      return prompts.map((prompt) => ({
        tokens: typeof prompt === 'string' ? encode(prompt) : prompt,
        lastTokenActivation: hiddenOf(textOf(prompt)),
        layers: new Map(),
      }));
    },
    project: async ({ rows, cols, data }: Matrix) =>
      fromRows(
        Array.from({ length: rows }, (_, index) => data.subarray(index * cols, (index + 1) * cols - 1)),
      ),
    generate,
    generateBatch: (requests, { signal } = {}) =>
      requests.map(({ prompt, ...options }) => generate(prompt, { ...options, ...(signal && { signal }) })),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function pieces(text: string): string[] {
  return text.match(/\s?[\p{L}\p{N}]+|\s?[^\s\p{L}\p{N}]|\s/gu) ?? [];
}
