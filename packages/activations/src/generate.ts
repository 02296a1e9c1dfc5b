import {
  SakeError,
  throwIfAborted,
  type GeneratedToken,
  type GenerateOptions,
  type Intervention,
} from '@sakejs/spec';
import { checkLayers } from './capture.js';
import type { Decoder, KeyValueCache } from './decoder.js';
import { createLayerTrace } from './layer-trace.js';
import { createSampler, logProbability } from './sampling.js';
import { createStopFilter } from './stop-strings.js';
import { createDetokenizer, type Tokenizer } from './tokenizer.js';

/** What decoding needs to know of the model. */
export interface GenerationModel {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly maxPositions: number;
  readonly eosTokens: ReadonlySet<number>;
}

function checkOptions(options: GenerateOptions, model: GenerationModel): void {
  const { maxTokens = 20, stop = [], intervention } = options;
  if (!Number.isInteger(maxTokens) || maxTokens < 1)
    throw new SakeError('invalid-option', `generate: expected maxTokens >= 1, got ${maxTokens}`);
  if (stop.includes(''))
    throw new SakeError('invalid-option', "generate: expected stop texts, got an empty one, ''");
  checkLayers(intervention?.layers ?? [], model, 'generate');
}

/** Yields the last-token activation and residual streams of a sequence, each time for the tokens it has by then. */
function createStepper(model: GenerationModel, layers: readonly number[]) {
  const { decoder, hiddenSize: d } = model;
  let cache: KeyValueCache | undefined;
  const cachedTrace = createLayerTrace(layers, d);
  return async (tokens: readonly number[]) => {
    const fresh = tokens.slice(cache?.length ?? 0);
    const states = await decoder.forward([fresh], {
      layers,
      keepCache: decoder.cached,
      ...(cache && { cache }),
    });
    cache = states.cache;
    const trace = decoder.cached ? cachedTrace : createLayerTrace(layers, d);
    trace.append(states.layers);
    return { activation: states.hidden.slice(-d), layers: trace.states() };
  };
}

async function intervene(
  intervention: Intervention,
  step: number,
  tokens: readonly number[],
  state: Awaited<ReturnType<ReturnType<typeof createStepper>>>,
): Promise<Float32Array> {
  const seen = [...tokens];
  const lastTokenActivation = state.activation.slice();
  const replacement = await intervention.intervene({
    step,
    tokens: seen,
    lastTokenActivation,
    observation: { tokens: seen, lastTokenActivation, layers: state.layers },
  });
  if (replacement === undefined) return state.activation;
  if (replacement.length !== state.activation.length)
    throw new SakeError(
      'shape-mismatch',
      `generate: expected an intervention of width ${state.activation.length}, got ${replacement.length}`,
    );
  return replacement;
}

/**
 * Streams a continuation of `prompt`, token by token.
 *
 * Ends at `maxTokens`, before an end-of-text token or stop text, or when the sequence has filled the model's
 * positions (the token chosen at the last position still comes).
 */
export async function* generateTokens(
  model: GenerationModel,
  prompt: readonly number[],
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken, void, undefined> {
  checkOptions(options, model);
  const { decoder } = model;
  const { maxTokens = 20, stop = [], intervention, signal } = options;
  const sample = createSampler(options);
  const filter = createStopFilter(stop);
  const detokenizer = createDetokenizer(model.tokenizer, prompt);
  const advance = createStepper(model, [...new Set(intervention?.layers ?? [])]);
  const tokens = [...prompt];
  const logits = new Float32Array(decoder.vocabularySize);

  for (let step = 0; step < maxTokens && tokens.length <= model.maxPositions; step++) {
    throwIfAborted(signal, 'generate');
    const state = await advance(tokens);
    const activation = intervention ? await intervene(intervention, step, tokens, state) : state.activation;
    throwIfAborted(signal, 'generate');
    await decoder.project(activation, 1, logits);
    const token = sample(logits);
    if (model.eosTokens.has(token)) break;
    tokens.push(token);
    const text = detokenizer.push(token);
    yield* filter.push({ token, text, logProbability: logProbability(logits, token), step });
    if (filter.stopped) return;
  }
  yield* filter.flush();
}
