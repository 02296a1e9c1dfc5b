import {
  createRandom,
  throwIfAborted,
  type CausalLM,
  type GeneratedToken,
  type GenerateOptions,
  type Prompt,
} from '@sakejs/spec';

/** A prompt that the model was given, and how it was to go on. */
export interface Asked {
  readonly text: string;
  readonly options: GenerateOptions;
}

export interface ScriptedLM extends CausalLM {
  readonly asked: Asked[];
}

export interface ScriptedLMOptions {
  /** The continuation of a prompt. */
  readonly continueWith: (asked: Asked) => string;
  readonly maxPositions?: number;
  /** Called before each token. */
  readonly onToken?: (step: number) => void;
}

/** A language model whose tokens are characters and whose continuations are written by hand. */
export function scriptedLM({ continueWith, maxPositions = 20_000, onToken }: ScriptedLMOptions): ScriptedLM {
  const asked: Asked[] = [];
  const unused = (): never => {
    throw new Error('a prompt source only generates');
  };
  const decode = (tokens: readonly number[]): string => String.fromCodePoint(...tokens);
  async function* generate(prompt: Prompt, options: GenerateOptions = {}): AsyncGenerator<GeneratedToken> {
    const { maxTokens = 20, stop = [], signal } = options;
    const text = typeof prompt === 'string' ? prompt : decode(prompt);
    if ([...text].length > maxPositions) throw new Error('the prompt is too long');
    asked.push({ text, options });
    let whole = continueWith({ text, options });
    for (const end of stop) if (whole.includes(end)) whole = whole.slice(0, whole.indexOf(end));
    let step = 0;
    for (const character of whole) {
      onToken?.(step);
      throwIfAborted(signal, 'generate');
      if (step >= maxTokens) return;
      yield await Promise.resolve({
        token: character.codePointAt(0)!,
        text: character,
        logProbability: 0,
        step: step++,
      });
    }
  }
  return {
    asked,
    info: {
      ...{ id: 'scripted', sha256: 'ab'.repeat(32), family: 'script', hiddenSize: 1, layers: 1 },
      ...{ vocabularySize: 0x110000, maxPositions, dtype: 'float32', threads: 1, runtime: {} },
    },
    encode: (text) => [...text].map((character) => character.codePointAt(0)!),
    decode,
    capture: unused,
    observe: unused,
    project: unused,
    generate,
    generateBatch: (requests, { signal } = {}) =>
      requests.map(({ prompt, ...options }) => generate(prompt, { ...options, ...(signal && { signal }) })),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Entries in another order for every seed. */
export function reordered<T>(items: readonly T[], { options }: Asked): T[] {
  return createRandom(options.seed ?? 0).shuffle(items);
}
