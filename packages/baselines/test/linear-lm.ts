import {
  createRandom,
  fromRows,
  matrix,
  row,
  type CausalLM,
  type LossSequence,
  type LossValue,
  type Matrix,
  type Prompt,
} from '@sakejs/spec';

/** A model small enough to be written down: one MLP whose output is the stream, and a head. */
export interface LinearLM extends CausalLM {
  /** W [keySize, d] of the MLP, y = k W. */
  readonly weight: Matrix<Float32Array>;
  /** k of a token in this model, whatever is around it. */
  keyOf(tokens: readonly number[], position: number): Float32Array;
}

const VOCABULARY = 128;
const [D, KEY_SIZE] = [12, 16];

/**
 * Words are tokens; logits at a position are E times the sum of the streams up to it, so that what is added at one
 * position is seen from all later ones.
 */
export function createLinearLM(): LinearLM {
  const random = createRandom('linear model');
  const normal = (rows: number, cols: number, scale: number): Matrix<Float32Array> =>
    fromRows(Array.from({ length: rows }, () => Array.from({ length: cols }, () => scale * random.normal())));
  const [weight, head] = [normal(KEY_SIZE, D, 0.5), normal(VOCABULARY, D, 0.6)];
  const tokenKeys = normal(VOCABULARY, KEY_SIZE, 1);
  const words: string[] = [];
  const encode = (text: string): number[] =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => {
        if (!words.includes(word)) words.push(word);
        return words.indexOf(word);
      });
  const tokensOf = (prompt: Prompt): readonly number[] =>
    typeof prompt === 'string' ? encode(prompt) : prompt;
  /** The token's own key, with a little of the one before. */
  const keyOf = (tokens: readonly number[], position: number): Float32Array => {
    const [own, before] = [row(tokenKeys, tokens[position]!), row(tokenKeys, tokens[position - 1] ?? 0)];
    return own.map((x, i) => x + 0.1 * before[i]!);
  };
  const outputOf = (key: Float32Array): Float32Array =>
    Float32Array.from({ length: D }, (_, j) =>
      key.reduce((sum, k, i) => sum + k * weight.data[i * D + j]!, 0),
    );
  const at = (prompts: readonly Prompt[], positions: readonly number[] | 'all' | undefined): Float32Array[] =>
    prompts.flatMap((prompt, index) => {
      const tokens = tokensOf(prompt);
      if (positions === 'all') return tokens.map((_, position) => keyOf(tokens, position));
      const position = positions?.[index] ?? -1;
      return [keyOf(tokens, position < 0 ? tokens.length + position : position)];
    });

  const logs = (state: Float64Array): Float64Array => {
    const logits = Float64Array.from({ length: VOCABULARY }, (_, token) =>
      row(head, token).reduce((sum, e, j) => sum + e * state[j]!, 0),
    );
    const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
    return logits.map((x) => x - total);
  };
  const stateAt = (tokens: readonly number[], position: number): Float64Array => {
    const state = new Float64Array(D);
    for (let p = 0; p <= position; p++) outputOf(keyOf(tokens, p)).forEach((x, j) => (state[j]! += 0.1 * x));
    return state;
  };

  const evaluate = (sequences: readonly LossSequence[], additions: Matrix): LossValue => {
    const gradient = new Float32Array(additions.rows * D);
    const terms: number[] = [];
    let [loss, first] = [0, 0];
    for (const { tokens, sites, terms: own } of sequences) {
      for (const term of own) {
        const plain = stateAt(tokens, term.position);
        const seen = sites.flatMap((site, i) => (site <= term.position ? [first + i] : []));
        const state = plain.map((x, j) => seen.reduce((sum, s) => sum + additions.data[s * D + j]!, x));
        const [p, q] = [logs(state), logs(plain)];
        const slope = new Float64Array(VOCABULARY);
        let value: number;
        if (term.kind === 'target') {
          value = -p[term.token]!;
          slope.set(p.map((log, token) => Math.exp(log) - Number(token === term.token)));
        } else {
          const kl = p.reduce((sum, log, token) => sum + Math.exp(log) * (log - q[token]!), 0);
          value = kl;
          slope.set(p.map((log, token) => Math.exp(log) * (log - q[token]! - kl)));
        }
        terms.push(value);
        loss += term.weight * value;
        for (const site of seen)
          for (let j = 0; j < D; j++)
            gradient[site * D + j]! +=
              term.weight * slope.reduce((sum, s, token) => sum + s * head.data[token * D + j]!, 0);
      }
      first += sites.length;
    }
    return { loss, terms: Float64Array.from(terms), gradient: matrix(additions.rows, D, gradient) };
  };

  const missing = (): never => {
    throw new Error('not of this model');
  };
  return {
    weight,
    keyOf,
    info: {
      ...{ id: 'linear', sha256: '0'.repeat(64), family: 'test', hiddenSize: D, layers: 2 },
      ...{ vocabularySize: VOCABULARY, maxPositions: 32, dtype: 'float32', threads: 1, runtime: {} },
    },
    encode,
    decode: (tokens) => tokens.map((token) => words[token]).join(' '),
    capture: async (prompts, { layer, positions } = {}) =>
      layer === undefined ? missing() : fromRows(at(prompts, positions).map(outputOf)),
    observe: missing,
    project: missing,
    generate: missing,
    generateBatch: missing,
    layers: {
      keySize: () => KEY_SIZE,
      captureKeys: async (prompts, { layers, positions }) =>
        new Map(layers.map((layer) => [layer, fromRows(at(prompts, positions))])),
      withChange: missing,
    },
    gradients: {
      streamLoss: async (sequences) => ({
        sites: sequences.reduce((sum, { sites }) => sum + sites.length, 0),
        stream: fromRows(
          sequences.flatMap(({ tokens, sites }) => sites.map((site) => outputOf(keyOf(tokens, site)))),
        ),
        evaluate: async (additions) => evaluate(sequences, additions),
      }),
      mlpOutputs: async (prompts, { positions }) => fromRows(at(prompts, positions).map(outputOf)),
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
