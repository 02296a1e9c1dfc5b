import {
  type CausalLM,
  createRandom,
  fromRows,
  type GeneratedToken,
  type GenerateOptions,
  type Matrix,
  type Observation,
  type Prompt,
  SakeError,
  type StreamHook,
} from '@sakejs/spec';

export interface CopyingLM extends CausalLM {
  /** One entry a pass: how many prompts or rows it took. */
  readonly calls: { readonly name: 'capture' | 'observe' | 'project' | 'generate'; readonly size: number }[];
}

const WIDTH = 24;
/** Tokens that must repeat before the model copies what followed them. */
const TAIL = 3;

/**
 * A language model of words that knows capitals and copies its context: enough for steering contexts and stated facts.
 *
 * h = 0.3 Σ_j 0.8^(T-1-j) E[t_j] + 2 E[capital of the last country named] + 4 E[copied], logits = 4 h Eᵀ. Copied is
 * what followed the latest earlier occurrence of the last three tokens; behind a capital it is a full stop, and the capital's
 * country is not heard. Every layer is h at each position; what is added to one at position p is added to h times
 * 0.8^(T-1-p). Each prompt is computed alone.
 */
export function createCopyingLM(
  capitals: Readonly<Record<string, string>>,
  { maxPositions = 64 }: { readonly maxPositions?: number } = {},
): CopyingLM {
  const words: string[] = [];
  const embeddings: number[][] = [];
  const idOf = (word: string): number => {
    const known = words.indexOf(word);
    if (known >= 0) return known;
    const random = createRandom(`word ${word}`);
    embeddings.push(Array.from({ length: WIDTH }, () => random.normal() / Math.sqrt(WIDTH)));
    return words.push(word) - 1;
  };
  for (const capital of Object.values(capitals)) idOf(` ${capital}`);
  const capitalIds = new Set(words.keys());
  idOf('.');
  const size = words.length;

  const encode = (text: string): number[] => {
    // A word at the start is the word it is behind a space, so that repetitions of it are seen.
    const spaced = text === '' || text.startsWith(' ') ? text : ` ${text}`;
    return (spaced.match(/\s?[\p{L}\p{N}]+|\s?[^\s\p{L}\p{N}]|\s/gu) ?? []).map(idOf);
  };
  const decode = (tokens: readonly number[]): string => tokens.map((token) => words[token]).join('');
  const tokensOf = (prompt: Prompt): readonly number[] => {
    const tokens = typeof prompt === 'string' ? encode(prompt) : prompt;
    if (tokens.length === 0 || tokens.length > maxPositions)
      throw new SakeError('invalid-input', `expected 1 to ${maxPositions} tokens, got ${tokens.length}`);
    return tokens;
  };
  const hiddenOf = (tokens: readonly number[], hooks: readonly StreamHook[]): Float32Array => {
    const hidden = new Float64Array(WIDTH);
    const add = (scale: number, token: number): void =>
      embeddings[token]!.forEach((value, at) => (hidden[at]! += scale * value));
    tokens.forEach((token, at) => add(0.3 * 0.8 ** (tokens.length - 1 - at), token));
    for (const { position, values } of hooks.flatMap((hook) => hook.additions(tokens)))
      for (let i = 0; i < WIDTH; i++) hidden[i]! += 0.8 ** (tokens.length - 1 - position) * values[i]!;
    if (capitalIds.has(tokens.at(-1)!)) {
      add(4, idOf('.'));
      return Float32Array.from(hidden);
    }
    const country = tokens.map((token) => words[token]!.trim()).findLast((word) => word in capitals);
    if (country !== undefined) add(2, idOf(` ${capitals[country]!}`));
    const tail = tokens.slice(-TAIL);
    for (let start = tokens.length - TAIL - 1; start >= 0; start--)
      if (tail.every((token, at) => tokens[start + at] === token)) {
        add(4, tokens[start + TAIL]!);
        break;
      }
    return Float32Array.from(hidden);
  };
  const calls: CopyingLM['calls'] = [];
  const logits = (hidden: Matrix): Matrix<Float32Array> => {
    const data = new Float32Array(hidden.rows * size);
    for (let index = 0; index < hidden.rows; index++)
      for (let token = 0; token < size; token++)
        data[index * size + token] =
          4 *
          embeddings[token]!.reduce((sum, value, at) => sum + value * hidden.data[index * WIDTH + at]!, 0);
    return { rows: hidden.rows, cols: size, data };
  };
  const generate = async function* (
    hooks: readonly StreamHook[],
    prompt: Prompt,
    { maxTokens = 20, stop = [] }: GenerateOptions = {},
  ): AsyncGenerator<GeneratedToken> {
    const tokens = [...tokensOf(prompt)];
    for (let step = 0; step < maxTokens; step++) {
      const { data } = logits(fromRows([hiddenOf(tokens, hooks)]));
      const token = data.indexOf(Math.max(...data));
      const text = words[token]!;
      if (stop.some((end) => text.includes(end))) return;
      tokens.push(token);
      yield { token, text, logProbability: 0, step };
    }
  };
  const over = (hooks: readonly StreamHook[]): CopyingLM => ({
    info: {
      id: 'copying',
      sha256: 'c'.repeat(64),
      family: 'copying',
      hiddenSize: WIDTH,
      layers: 1,
      vocabularySize: size,
      maxPositions,
      dtype: 'float32',
      threads: 1,
      runtime: {},
    },
    calls,
    encode,
    decode,
    capture: async (prompts) => {
      calls.push({ name: 'capture', size: prompts.length });
      return fromRows(prompts.map((prompt) => hiddenOf(tokensOf(prompt), hooks)));
    },
    observe: async (prompts, { layers = [] } = {}) => {
      calls.push({ name: 'observe', size: prompts.length });
      return prompts.map((prompt): Observation => {
        const tokens = tokensOf(prompt);
        const positions = fromRows(tokens.map((_, at) => hiddenOf(tokens.slice(0, at + 1), hooks)));
        return {
          tokens,
          lastTokenActivation: hiddenOf(tokens, hooks),
          layers: new Map(layers.map((layer) => [layer, positions])),
        };
      });
    },
    project: async (hidden) => {
      calls.push({ name: 'project', size: hidden.rows });
      return logits(hidden);
    },
    generate: (prompt, request) => generate(hooks, prompt, request),
    generateBatch: (requests) => {
      calls.push({ name: 'generate', size: requests.length });
      return requests.map(({ prompt, ...options }) => generate(hooks, prompt, options));
    },
    layers: {
      keySize: noWeights,
      captureKeys: noWeights,
      withChange: ({ weights = [], stream }) =>
        weights.length > 0 ? noWeights() : over([...hooks, ...(stream ? [stream] : [])]),
    },
    [Symbol.asyncDispose]: async () => undefined,
  });
  return over([]);
}

function noWeights(): never {
  throw new SakeError('unsupported', 'this model has no weights to change');
}
