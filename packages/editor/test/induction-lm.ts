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
  type StreamAddition,
  type StreamHook,
  throwIfAborted,
  type WeightDelta,
} from '@sakejs/spec';

/** What the model knows: a text that names subject and relation goes on with the object. */
export interface KnownFact {
  readonly subject: string;
  /** A word of the prompt. */
  readonly relation: string;
  readonly object: string;
}

export interface InductionLMOptions {
  readonly facts: readonly KnownFact[];
  readonly hiddenSize?: number;
  readonly maxPositions?: number;
  readonly sha256?: string;
  /** A word whose presence stops the model from copying its context. */
  readonly deafTo?: string;
}

/** A model that counts its passes: one entry a call, with how many prompts or rows it took. */
export interface InductionLM extends CausalLM {
  readonly calls: { readonly name: 'capture' | 'observe' | 'project'; readonly size: number }[];
}

/** Tokens that must repeat before the model copies what followed them. */
const TAIL = 4;

/**
 * A small exact language model: known facts, an induction head, a recency-weighted bag of tokens.
 *
 * h = 0.3 Σ_j 0.8^(T-1-j) E[t_j] + 2 E[object] + 1.5 S[subject] + R[relation] + 4 E[copied], logits = 4 h Eᵀ.
 * The copied token followed the latest earlier occurrence of the last four tokens, so the steering context
 * (`… '{p} {o*}'. {p}`) makes it say o*. Every prompt is computed alone, in float64, so batches change nothing.
 * Tokens are words with their leading space where they stand in the facts, bytes elsewhere.
 *
 * Blocks can be changed: the MLP key of a block is its residual stream at the last token, a change ΔW of its weight adds
 * ΔW k to h, and what is added to a residual stream at position p is added to h too, times 0.9^(T-1-p).
 */
export function createInductionLM(
  options: InductionLMOptions,
  change: ToyChange = { weights: [], hooks: [], calls: [] },
): InductionLM {
  const { facts, hiddenSize = 32, maxPositions = 256, sha256 = 'a'.repeat(64), deafTo } = options;
  const words = [
    ...new Set(facts.flatMap(({ subject, object }) => [...pieces(` ${subject}`), ...pieces(` ${object}`)])),
  ];
  const idOf = new Map(words.map((word, index) => [word, 256 + index]));
  const vocabularySize = 256 + words.length;
  const vector = (label: string): number[] => {
    const random = createRandom(label);
    return Array.from({ length: hiddenSize }, () => random.normal() / Math.sqrt(hiddenSize));
  };
  const embedding = Array.from({ length: vocabularySize }, (_, token) =>
    vector(token < 256 ? `byte ${token}` : words[token - 256]!),
  );
  const { calls } = change;

  const encode = (text: string): number[] =>
    pieces(text).flatMap((piece) => idOf.get(piece) ?? [...new TextEncoder().encode(piece)]);
  const decode = (tokens: readonly number[]): string => {
    const bytes = tokens.flatMap((token) =>
      token < 256 ? [token] : [...new TextEncoder().encode(words[token - 256])],
    );
    return new TextDecoder().decode(Uint8Array.from(bytes));
  };
  const tokensOf = (prompt: Prompt): readonly number[] => {
    const tokens = typeof prompt === 'string' ? encode(prompt) : prompt;
    if (tokens.length === 0 || tokens.length > maxPositions)
      throw new SakeError('invalid-input', `expected 1 to ${maxPositions} tokens, got ${tokens.length}`);
    return tokens;
  };

  const lastHidden = (tokens: readonly number[]): Float32Array => {
    const hidden = new Float64Array(hiddenSize);
    const addScaled = (scale: number, values: readonly number[]): void =>
      values.forEach((value, at) => (hidden[at]! += scale * value));
    tokens.forEach((token, at) => addScaled(0.3 * 0.8 ** (tokens.length - 1 - at), embedding[token]!));
    const text = decode(tokens);
    const fact = facts
      .filter(({ subject, relation }) => text.includes(subject) && text.includes(relation))
      .sort((a, b) => text.lastIndexOf(b.subject) - text.lastIndexOf(a.subject))[0];
    if (fact !== undefined) {
      addScaled(2, embedding[encode(` ${fact.object}`)[0]!]!);
      addScaled(1.5, vector(`subject ${fact.subject}`));
      addScaled(1, vector(`relation ${fact.relation}`));
    }
    const copied = deafTo !== undefined && text.includes(deafTo) ? undefined : inducedToken(tokens);
    if (copied !== undefined) addScaled(4, embedding[copied]!);
    for (const delta of change.weights)
      addScaled(1, moved(delta, residual(tokens, delta.layer).data.slice(-hiddenSize)));
    for (const { position, values } of additionsTo(tokens))
      addScaled(0.9 ** (tokens.length - 1 - position), [...values]);
    return Float32Array.from(hidden);
  };

  function additionsTo(tokens: readonly number[]): StreamAddition[] {
    return change.hooks.flatMap((hook) =>
      hook.additions(tokens).map(({ position, ...addition }) => ({
        ...addition,
        position: position < 0 ? tokens.length + position : position,
      })),
    );
  }

  function residual(tokens: readonly number[], layer: number): Matrix<Float32Array> {
    const sum = new Float64Array(hiddenSize);
    const added = additionsTo(tokens).filter((addition) => addition.layer === layer);
    return fromRows(
      tokens.map((token, at) => {
        embedding[token]!.forEach((value, index) => (sum[index]! += value));
        const here = added.filter(({ position }) => position === at);
        return embedding[token]!.map(
          (value, index) =>
            value +
            (0.5 ** layer * sum[index]!) / (at + 1) +
            here.reduce((total, { values }) => total + values[index]!, 0),
        );
      }),
    );
  }

  const observeOne = (tokens: readonly number[], layers: readonly number[]): Observation => ({
    tokens,
    lastTokenActivation: lastHidden(tokens),
    layers: new Map(layers.map((layer) => [layer, residual(tokens, layer)])),
  });

  const project = (hidden: Matrix): Matrix<Float32Array> => {
    const data = new Float32Array(hidden.rows * vocabularySize);
    for (let index = 0; index < hidden.rows; index++)
      embedding.forEach((values, token) => {
        const dot = values.reduce((sum, value, at) => sum + value * hidden.data[index * hiddenSize + at]!, 0);
        data[index * vocabularySize + token] = 4 * dot;
      });
    return { rows: hidden.rows, cols: vocabularySize, data };
  };

  async function* generate(
    prompt: Prompt,
    { maxTokens = 20, temperature = 0, stop = [], intervention, signal }: GenerateOptions = {},
  ): AsyncGenerator<GeneratedToken, void, undefined> {
    if (temperature !== 0) throw new SakeError('unsupported', 'this model only decodes greedily');
    const tokens = [...tokensOf(prompt)];
    let said = '';
    for (let step = 0; step < maxTokens; step++) {
      throwIfAborted(signal, 'generate');
      const observation = observeOne([...tokens], intervention?.layers ?? []);
      const { lastTokenActivation } = observation;
      const event = { step, tokens: [...tokens], lastTokenActivation, observation };
      const replaced = (await intervention?.intervene(event)) ?? lastTokenActivation;
      const logits = project({ rows: 1, cols: hiddenSize, data: replaced }).data;
      const token = logits.indexOf(Math.max(...logits));
      const logProbability =
        logits[token]! - Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
      said += decode([token]);
      if (stop.some((text) => said.includes(text))) return;
      tokens.push(token);
      yield { token, text: decode([token]), logProbability, step };
    }
  }

  return {
    info: {
      id: 'induction',
      sha256,
      family: 'induction',
      hiddenSize,
      layers: 2,
      vocabularySize,
      maxPositions,
      dtype: 'float32',
      threads: 1,
      runtime: { node: process.versions.node },
    },
    calls,
    encode,
    decode,
    capture: async (prompts, { layer, positions } = {}) => {
      calls.push({ name: 'capture', size: prompts.length });
      return fromRows(
        prompts.map((prompt, index) => {
          const tokens = tokensOf(prompt);
          const position = positions?.[index] ?? -1;
          const seen = tokens.slice(0, position < 0 ? tokens.length + position + 1 : position + 1);
          if (layer === undefined) return lastHidden(seen);
          return residual(seen, layer).data.slice(-hiddenSize);
        }),
      );
    },
    observe: async (prompts, { layers = [] } = {}) => {
      calls.push({ name: 'observe', size: prompts.length });
      return prompts.map((prompt) => observeOne(tokensOf(prompt), layers));
    },
    project: async (hidden) => {
      calls.push({ name: 'project', size: hidden.rows });
      return project(hidden);
    },
    generate,
    generateBatch: (requests, { signal } = {}) =>
      requests.map(({ prompt, ...options }) => generate(prompt, { ...options, ...(signal && { signal }) })),
    layers: {
      keySize: () => hiddenSize,
      captureKeys: async (prompts, { layers }) =>
        new Map(
          layers.map((layer) => [
            layer,
            fromRows(prompts.map((prompt) => residual(tokensOf(prompt), layer).data.slice(-hiddenSize))),
          ]),
        ),
      withChange: ({ weights = [], stream }) => {
        return createInductionLM(options, {
          weights: [...change.weights, ...weights],
          hooks: [...change.hooks, ...(stream ? [stream] : [])],
          calls,
        });
      },
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** How a model differs from the one it is a view of. */
interface ToyChange {
  readonly weights: readonly WeightDelta[];
  readonly hooks: readonly StreamHook[];
  /** Counts the passes of the model and its views. */
  readonly calls: InductionLM['calls'];
}

/** ΔW k */
function moved(delta: WeightDelta, key: Float32Array): number[] {
  if ('dense' in delta)
    return Array.from({ length: delta.dense.cols }, (_, o) =>
      key.reduce((sum, value, i) => sum + value * delta.dense.data[i * delta.dense.cols + o]!, 0),
    );
  const { u, v } = delta;
  const narrow = Array.from({ length: v.rows }, (_, r) =>
    key.reduce((sum, value, i) => sum + value * v.data[r * v.cols + i]!, 0),
  );
  return Array.from({ length: u.rows }, (_, o) =>
    narrow.reduce((sum, value, r) => sum + value * u.data[o * u.cols + r]!, 0),
  );
}

/** Words and marks, each with the space before it. */
function pieces(text: string): string[] {
  return text.match(/\s?[\p{L}\p{N}]+|\s?[^\s\p{L}\p{N}]|\s/gu) ?? [];
}

/** What followed the latest earlier occurrence of the last tokens. */
function inducedToken(tokens: readonly number[]): number | undefined {
  const tail = tokens.slice(-TAIL);
  for (let start = tokens.length - TAIL - 1; start >= 0; start--)
    if (tail.every((token, at) => tokens[start + at] === token)) return tokens[start + TAIL];
  return undefined;
}
