import type { CausalLM, CaptureOptions, GeneratedToken, GenerateRequest } from '../../src/causal-lm.js';
import { selectRows, type Matrix } from '../../src/matrix.js';
import { describeCausalLM } from '../../src/testing/describe-causal-lm.js';
import { createToyLm, type Quirk } from '../toys/toy-lm.js';
import { without } from './without.js';

const fixture = { texts: ['the sea', 'Where is it? ', 'an old one'] } as const;

describeCausalLM('right', async () => createToyLm(), fixture);

const quirks: Quirk[] = [
  'cache-sees-replacement',
  'shows-its-own-array',
  'ignores-seed',
  'says-stop-text',
  'collects-before-streaming',
  'probability-of-another-token',
  'ignores-top-k',
  'ignores-top-p',
  'one-token-more',
  'forgets-abort',
  'finishes-when-aborted',
  'waits-for-interventions',
  'stops-at-the-prompt',
  'step-from-one',
  'old-observation',
];
for (const quirk of quirks)
  describeCausalLM(`wrong: model that ${quirk}`, async () => createToyLm(quirk), fixture);

const scaled = (of: Matrix<Float32Array>, by: number): Matrix<Float32Array> => ({
  ...of,
  data: of.data.map((value) => value * by),
});
const capturing =
  (change: (options: CaptureOptions) => CaptureOptions): ((lm: CausalLM) => Partial<CausalLM>) =>
  (lm) => ({ capture: (prompts, options = {}) => lm.capture(prompts, change(options)) });

const batching =
  (
    change: (requests: readonly GenerateRequest[]) => readonly GenerateRequest[],
  ): ((lm: CausalLM) => Partial<CausalLM>) =>
  (lm) => ({ generateBatch: (requests, options) => lm.generateBatch(change(requests), options) });
const tokensOf = (lm: CausalLM, { prompt }: GenerateRequest): readonly number[] =>
  typeof prompt === 'string' ? lm.encode(prompt) : prompt;
/** Streams with what the others have come to: `pulled` holds the number of tokens of each. */
const watching =
  (
    relay: (
      stream: AsyncIterable<GeneratedToken>,
      pulled: number[],
      index: number,
    ) => AsyncIterable<GeneratedToken>,
  ): ((lm: CausalLM) => Partial<CausalLM>) =>
  (lm) => ({
    generateBatch: (requests, options) => {
      const pulled = requests.map(() => 0);
      return lm.generateBatch(requests, options).map((stream, index) => relay(stream, pulled, index));
    },
  });

const models: Record<string, (lm: CausalLM) => Partial<CausalLM>> = {
  'decodes with spaces trimmed': (lm) => ({ decode: (tokens) => lm.decode(tokens).trim() }),
  'encodes in lower case': (lm) => ({ encode: (text) => lm.encode(text.toLowerCase()) }),
  'captures the last position whichever is asked for': capturing((options) => without(options, 'positions')),
  'counts negative positions from one too early': capturing(({ positions, ...rest }) => ({
    ...rest,
    ...(positions && { positions: positions.map((at) => (at < -1 ? at + 1 : at)) }),
  })),
  'captures the head input whichever layer is asked for': capturing((options) => without(options, 'layer')),
  'takes layers that it does not have': capturing(({ layer, ...rest }) => ({
    ...rest,
    ...(layer !== undefined && { layer: Math.min(Math.max(Math.round(layer), 0), 2) }),
  })),
  'captures in the order of length': (lm) => ({
    capture: async (prompts, options) => {
      const rows = await lm.capture(prompts, options);
      const order = prompts.map((_, at) => at).sort((a, b) => prompts[a]!.length - prompts[b]!.length);
      return selectRows(rows, order) as Matrix<Float32Array>;
    },
  }),
  'lets padding into the states': (lm) => ({
    capture: (prompts, options = {}) => {
      const all = prompts.map((prompt) => (typeof prompt === 'string' ? lm.encode(prompt) : prompt));
      const longest = Math.max(...all.map((tokens) => tokens.length));
      if (longest > 40 || all.some((tokens) => tokens.length === 0)) return lm.capture(prompts, options);
      const { positions, ...rest } = options;
      return lm.capture(
        all.map((tokens) => [...new Array<number>(longest - tokens.length).fill(0), ...tokens]),
        {
          ...rest,
          ...(positions && {
            positions: positions.map((at, i) => (at < 0 ? at : at + longest - all[i]!.length)),
          }),
        },
      );
    },
  }),
  'rounds states of a batch': (lm) => ({
    capture: async (prompts, options) => {
      const rows = await lm.capture(prompts, options);
      return prompts.length > 1 ? scaled(rows, 1 + 1e-4) : rows;
    },
  }),
  'has no rows of a width for no prompts': (lm) => ({
    capture: async (prompts, options) =>
      prompts.length === 0 ? { rows: 0, cols: 0, data: new Float32Array(0) } : lm.capture(prompts, options),
  }),
  'observes the first token': (lm) => ({
    observe: async (prompts, options) => {
      const first = await lm.capture(prompts, { positions: prompts.map(() => 0) });
      return (await lm.observe(prompts, options)).map((each, at) => ({
        ...each,
        lastTokenActivation: first.data.slice(at * first.cols, (at + 1) * first.cols),
      }));
    },
  }),
  'observes layers in the order asked for, by number': (lm) => ({
    observe: async (prompts, options) =>
      (await lm.observe(prompts, options)).map((each) => {
        const keys = [...each.layers.keys()].sort();
        return { ...each, layers: new Map([...each.layers.values()].map((value, at) => [keys[at]!, value])) };
      }),
  }),
  'observes layers without being asked': (lm) => ({
    observe: (prompts, options = {}) => lm.observe(prompts, { layers: [0], ...options }),
  }),
  'projects a batch otherwise': (lm) => ({
    project: async (hidden) => {
      const logits = await lm.project(hidden);
      return hidden.rows > 1 ? scaled(logits, 1 + 1e-4) : logits;
    },
  }),
  'projects in place': (lm) => ({
    project: async (hidden) => {
      const logits = await lm.project(hidden);
      if (hidden.data instanceof Float64Array) hidden.data.fill(0);
      return logits;
    },
  }),
  'projects any width': (lm) => ({
    project: (hidden) => lm.project({ ...hidden, cols: 8, data: hidden.data.slice(0, 8 * hidden.rows) }),
  }),
  'ignores the signal of capture': capturing((options) => without(options, 'signal')),
  'cuts prompts that are too long': (lm) => ({
    observe: (prompts, options) =>
      lm.observe(
        prompts.map((prompt) => prompt.slice(0, 40)),
        options,
      ),
  }),
  'gives streams in the order of length': (lm) => ({
    generateBatch: (requests, options) => {
      const sorted = [...requests].sort((a, b) => tokensOf(lm, a).length - tokensOf(lm, b).length);
      return lm.generateBatch(sorted, options);
    },
  }),
  'uses one seed for a batch': batching((requests) =>
    requests.map((request) => ({ ...request, seed: requests[0]!.seed ?? 0 })),
  ),
  'uses one stop list for a batch': batching((requests) => {
    const stop = requests.flatMap((request) => request.stop ?? []).filter((text) => text !== '');
    return requests.map((request) => ({ ...request, ...(stop.length > 0 && { stop }) }));
  }),
  'ends every text of a batch with the shortest': batching((requests) => {
    const maxTokens = Math.min(...requests.map((request) => request.maxTokens ?? 20).filter((n) => n > 0));
    return requests.map((request) => (request.maxTokens === 0 ? request : { ...request, maxTokens }));
  }),
  'uses the first temperature for a batch': batching((requests) =>
    requests.map((request) => ({ ...request, temperature: requests[0]!.temperature ?? 0 })),
  ),
  'intervenes in every text of a batch with what one of them asked for': batching((requests) => {
    const intervention = requests.find((request) => request.intervention)?.intervention;
    return requests.map((request) => ({ ...request, ...(intervention && { intervention }) }));
  }),
  'asks the first text only': batching((requests) =>
    requests.map((request, index) => (index === 0 ? request : without(request, 'intervention'))),
  ),
  'lets padding into a batch': (lm) => ({
    generateBatch: (requests, options) => {
      const longest = Math.max(...requests.map((request) => tokensOf(lm, request).length));
      if (longest > 20) return lm.generateBatch(requests, options);
      return lm.generateBatch(
        requests.map((request) => {
          const tokens = tokensOf(lm, request);
          const padding = new Array<number>(tokens.length === 0 ? 0 : longest - tokens.length).fill(0);
          return { ...request, prompt: [...padding, ...tokens] };
        }),
        options,
      );
    },
  }),
  'rounds the states of a batch': (lm) => ({
    generateBatch: (requests, options) =>
      lm.generateBatch(
        requests.map((request) => ({
          ...request,
          intervention: {
            layers: request.intervention?.layers ?? [],
            intervene: async (event) => {
              const lastTokenActivation = event.lastTokenActivation.map((value) => 1.001 * value);
              return (
                (await request.intervention?.intervene({ ...event, lastTokenActivation })) ??
                lastTokenActivation
              );
            },
          },
        })),
        options,
      ),
  }),
  'forgets tokens that wait': watching(async function* (stream, pulled, index) {
    const late = pulled.some((count, other) => other > index && count > 1);
    for await (const token of stream) {
      pulled[index]! += 1;
      if (!late || token.step > 0) yield token;
    }
  }),
  'ends a batch when a stream is left': watching(async function* (stream, pulled, index) {
    if (pulled.some((count) => count < 0)) return;
    let whole = false;
    try {
      yield* stream;
      whole = true;
    } finally {
      if (!whole) pulled[index] = -1;
    }
  }),
  'fails a batch for one wrong request': (lm) => ({
    generateBatch: (requests, options) => {
      const wrong = requests.find(({ prompt, maxTokens }) => prompt.length === 0 || maxTokens === 0);
      return lm.generateBatch(wrong ? requests.map(() => wrong) : requests, options);
    },
  }),
  'refuses a wrong request before there is a stream': (lm) => ({
    generateBatch: (requests, options) => {
      if (requests.some(({ prompt }) => prompt.length === 0)) throw new Error('an empty prompt');
      return lm.generateBatch(requests, options);
    },
  }),
  'ignores the signal of a batch': (lm) => ({ generateBatch: (requests) => lm.generateBatch(requests) }),
  'repeats one stream for no requests': (lm) => ({
    generateBatch: (requests, options) =>
      lm.generateBatch(requests.length === 0 ? [{ prompt: [0] }] : requests, options),
  }),
  'generates from an empty prompt': (lm) => ({
    generate: (prompt, options) => lm.generate(prompt.length === 0 ? [0] : prompt, options),
  }),
  'starts at another temperature': (lm) => ({
    generate: (prompt, options) => lm.generate(prompt, { temperature: 1, ...options }),
  }),
};
for (const [name, change] of Object.entries(models))
  describeCausalLM(
    `wrong: model that ${name}`,
    async () => {
      const lm = createToyLm();
      return { ...lm, ...change(lm) };
    },
    fixture,
  );
