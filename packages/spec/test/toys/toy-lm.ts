import type { CausalLM, GeneratedToken, GenerateOptions, Observation, Prompt } from '../../src/causal-lm.js';
import { SakeError, throwIfAborted } from '../../src/errors.js';
import { fromRows, row, type Matrix } from '../../src/matrix.js';
import { createRandom, type Random } from '../../src/random.js';

/** A way for the toy to be subtly wrong inside `generate`. */
export type Quirk =
  | 'cache-sees-replacement'
  | 'shows-its-own-array'
  | 'ignores-seed'
  | 'says-stop-text'
  | 'collects-before-streaming'
  | 'probability-of-another-token'
  | 'ignores-top-k'
  | 'ignores-top-p'
  | 'one-token-more'
  | 'forgets-abort'
  | 'finishes-when-aborted'
  | 'waits-for-interventions'
  | 'stops-at-the-prompt'
  | 'step-from-one'
  | 'old-observation';

const WIDTH = 8;
const LAYERS = 3;
const VOCABULARY = 256;
const POSITIONS = 40;

function table(name: string, rows: number, scale: number): Matrix<Float32Array> {
  const random = createRandom(`toy ${name}`);
  return fromRows(
    Array.from({ length: rows }, () => Array.from({ length: WIDTH }, () => scale * random.normal())),
  );
}
const embedding = table('embedding', VOCABULARY, 1);
const mixing = table('mixing', WIDTH, 0.6);
/** Row t is what token t's logit reads. */
export const headRows: Matrix<Float32Array> = table('head', VOCABULARY, 1);

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** Every position's state after each layer and after the norm; each depends on what came before. */
function statesOf(tokens: readonly number[]): {
  layers: Matrix<Float32Array>[];
  hidden: Matrix<Float32Array>;
} {
  let first = new Float64Array(WIDTH);
  let second = new Float64Array(WIDTH);
  const rows: [Float64Array[], Float64Array[], Float64Array[], Float64Array[]] = [[], [], [], []];
  for (const token of tokens) {
    first = row(embedding, token).reduce((state, value, i) => {
      state[i] = Math.tanh(value + 0.5 * first[i]!);
      return state;
    }, new Float64Array(WIDTH));
    const before = second;
    second = first.map((value, i) => value + Math.tanh(dot(row(mixing, i), first) + 0.3 * before[i]!));
    const third = second.map((value, i) => value + Math.tanh(dot(row(mixing, WIDTH - 1 - i), second)));
    const size = Math.sqrt(dot(third, third) / WIDTH);
    rows[0].push(first);
    rows[1].push(second);
    rows[2].push(third);
    rows[3].push(third.map((value) => (2 * value) / size));
  }
  const [hidden, ...layers] = rows.map(fromRows).reverse();
  return { layers: layers.reverse(), hidden: hidden! };
}

function argmax(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
}

function sample(
  logits: Float32Array,
  options: GenerateOptions,
  random: Random,
  quirks: ReadonlySet<Quirk>,
): number {
  const { temperature = 0, topK = VOCABULARY, topP = 1 } = options;
  if (temperature === 0) return argmax(logits);
  const top = logits[argmax(logits)]!;
  const weights = Array.from(logits, (value) => Math.exp((value - top) / temperature));
  let tokens = weights.map((_, token) => token).sort((a, b) => weights[b]! - weights[a]! || a - b);
  if (!quirks.has('ignores-top-k')) tokens = tokens.slice(0, topK);
  const sum = (of: readonly number[]): number => of.reduce((total, token) => total + weights[token]!, 0);
  const enough = topP * sum(tokens);
  if (!quirks.has('ignores-top-p'))
    tokens = tokens.filter((_, at) => at === 0 || sum(tokens.slice(0, at)) < enough);
  let left = random.next() * sum(tokens);
  return tokens.find((token) => (left -= weights[token]!) < 0) ?? tokens[0]!;
}

function checkOptions({
  maxTokens = 20,
  temperature = 0,
  topK = 1,
  topP = 1,
  stop = [],
  intervention,
}: GenerateOptions): void {
  const layers = intervention?.layers ?? [];
  const fine =
    maxTokens >= 1 &&
    temperature >= 0 &&
    topK >= 1 &&
    topP > 0 &&
    !stop.includes('') &&
    layers.every((layer) => layer < LAYERS);
  if (!fine) throw new SakeError('invalid-option', 'generate: expected options in range, got others');
}

/** What work comes to, or an error as soon as the signal fires. */
async function orAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new SakeError('aborted', 'generate: aborted'));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
  return Promise.race([work, aborted]);
}

/** A causal LM without weights to load: characters are tokens, a letter behind a space is one too. */
export function createToyLm(...names: Quirk[]): CausalLM {
  const quirks: ReadonlySet<Quirk> = new Set(names);
  const encode = (text: string): number[] =>
    (text.match(/ [A-Za-z]|[\s\S]/g) ?? []).map((piece) =>
      piece.length === 2 ? 128 + piece.charCodeAt(1) : piece.charCodeAt(0),
    );
  const decode = (tokens: readonly number[]): string =>
    tokens.map((id) => (id < 128 ? '' : ' ') + String.fromCharCode(id % 128)).join('');
  const read = (prompt: Prompt, where: string): readonly number[] => {
    const tokens = typeof prompt === 'string' ? encode(prompt) : prompt;
    if (tokens.length === 0)
      throw new SakeError('invalid-input', `${where}: expected tokens, got an empty prompt`);
    if (tokens.length > POSITIONS)
      throw new SakeError(
        'invalid-input',
        `${where}: expected at most ${POSITIONS} tokens, got ${tokens.length}`,
      );
    if (tokens.some((id) => !Number.isInteger(id) || id < 0 || id >= VOCABULARY))
      throw new SakeError('invalid-input', `${where}: expected token ids, got others`);
    return tokens;
  };
  const checkLayer = (layer: number, where: string): number => {
    if (Number.isInteger(layer) && layer >= 0 && layer < LAYERS) return layer;
    throw new SakeError('invalid-input', `${where}: expected a layer of ${LAYERS}, got ${layer}`);
  };
  const observe = (tokens: readonly number[], layers: readonly number[]): Observation => {
    const states = statesOf(tokens);
    return {
      tokens,
      lastTokenActivation: row(states.hidden, tokens.length - 1).slice(),
      layers: new Map(layers.map((layer) => [layer, states.layers[layer]!])),
    };
  };
  const project = (hidden: ArrayLike<number>): Float32Array =>
    Float32Array.from({ length: VOCABULARY }, (_, token) => dot(hidden, row(headRows, token)));

  async function* generate(prompt: Prompt, options: GenerateOptions = {}): AsyncGenerator<GeneratedToken> {
    checkOptions(options);
    const { maxTokens = 20, seed = 0, stop = [], intervention, signal } = options;
    const random = createRandom(quirks.has('ignores-seed') ? 0 : seed);
    const tokens = [...read(prompt, 'generate')];
    const opening = observe(tokens, intervention?.layers ?? []);
    const longest = Math.max(1, ...stop.map((text) => text.length));
    const last = maxTokens + Number(quirks.has('one-token-more'));
    const held: GeneratedToken[] = [];
    for (let step = 0; step < last && tokens.length <= POSITIONS; step++) {
      if (!quirks.has('forgets-abort')) throwIfAborted(signal, 'generate');
      const observation = observe(tokens, intervention?.layers ?? []);
      const own = observation.lastTokenActivation;
      const shown = quirks.has('shows-its-own-array') ? own : own.slice();
      const work = intervention?.intervene({
        step: step + Number(quirks.has('step-from-one')),
        tokens: [...tokens],
        lastTokenActivation: shown,
        observation: {
          ...(quirks.has('old-observation') ? opening : observation),
          tokens: [...tokens],
          lastTokenActivation: shown,
        },
      });
      const replacement = quirks.has('waits-for-interventions') ? await work : await orAborted(work, signal);
      if (!quirks.has('forgets-abort') && !quirks.has('finishes-when-aborted'))
        throwIfAborted(signal, 'generate');
      if (replacement && replacement.length !== WIDTH)
        throw new SakeError('shape-mismatch', `generate: expected width ${WIDTH}, got ${replacement.length}`);
      const logits = project(replacement ?? own);
      const token = sample(logits, options, random, quirks);
      const total = logits.reduce((sum, value) => sum + Math.exp(value - logits[token]!), 0);
      const shift = quirks.has('probability-of-another-token') ? 0.1 : 0;
      tokens.push(token);
      if (replacement && quirks.has('cache-sees-replacement')) tokens[tokens.length - 2] = token;
      held.push({ token, text: decode([token]), logProbability: -Math.log(total) + shift, step });
      const text = held.map((each) => each.text).join('');
      const before = quirks.has('stops-at-the-prompt') ? decode(read(prompt, 'generate')) : '';
      const found = stop
        .map((words) => (before + text).indexOf(words, Math.max(0, before.length - words.length + 1)))
        .filter((at) => at >= 0)
        .map((at) => Math.max(0, at - before.length));
      if (found.length > 0) {
        let left = quirks.has('says-stop-text') ? text.length : Math.min(...found);
        for (const each of held) {
          if (left > 0) yield { ...each, text: each.text.slice(0, left) };
          left -= each.text.length;
        }
        return;
      }
      const keep = quirks.has('collects-before-streaming') ? last : stop.length > 0 ? longest : 0;
      while (held.length > keep) yield held.shift()!;
    }
    yield* held;
  }

  return {
    info: {
      id: 'toy',
      sha256: '0'.repeat(64),
      family: 'toy',
      hiddenSize: WIDTH,
      layers: LAYERS,
      vocabularySize: VOCABULARY,
      maxPositions: POSITIONS,
      dtype: 'float32',
      threads: 1,
      runtime: { node: process.versions.node },
    },
    encode,
    decode,
    async capture(prompts, { layer, positions, signal } = {}) {
      throwIfAborted(signal, 'capture');
      if (layer !== undefined) checkLayer(layer, 'capture');
      if (positions && positions.length !== prompts.length)
        throw new SakeError(
          'shape-mismatch',
          `capture: expected ${prompts.length} positions, got ${positions.length}`,
        );
      const rows = prompts.map((prompt, index) => {
        const tokens = read(prompt, 'capture');
        const at = positions?.[index] ?? -1;
        if (!Number.isInteger(at) || at < -tokens.length || at >= tokens.length)
          throw new SakeError('invalid-input', `capture: expected a position of ${tokens.length}, got ${at}`);
        const { hidden, layers } = statesOf(tokens);
        return row(layer === undefined ? hidden : layers[layer]!, (at + tokens.length) % tokens.length);
      });
      return { ...fromRows(rows), cols: WIDTH };
    },
    async observe(prompts, { layers = [], signal } = {}) {
      throwIfAborted(signal, 'observe');
      for (const layer of layers) checkLayer(layer, 'observe');
      return prompts.map((prompt) => observe(read(prompt, 'observe'), layers));
    },
    async project(hidden) {
      if (hidden.cols !== WIDTH)
        throw new SakeError('shape-mismatch', `project: expected width ${WIDTH}, got ${hidden.cols}`);
      const rows = Array.from({ length: hidden.rows }, (_, i) => project(row(hidden, i)));
      return { ...fromRows(rows), cols: VOCABULARY };
    },
    generate,
    generateBatch: (requests, { signal } = {}) =>
      requests.map(({ prompt, ...options }) => generate(prompt, { ...options, ...(signal && { signal }) })),
    async [Symbol.asyncDispose]() {
      // Nothing to release.
    },
  };
}
