import {
  SakeError,
  throwIfAborted,
  type GeneratedToken,
  type GenerateOptions,
  type Intervention,
  type StreamAddition,
} from '@sakejs/spec';
import type { RowState, SteppedRow } from './batch-stepper.js';
import { checkLayers } from './capture.js';
import type { Decoder } from './decoder.js';
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
  /** What is added to a prompt's residual streams, positions counted from its first token. Default nothing. */
  readonly additions?: (tokens: readonly number[]) => readonly StreamAddition[];
}

/** A text in the making. */
export interface GenerationRow extends SteppedRow {
  /** Most tokens that the sequence can come to have. */
  readonly mostTokens: number;
  /** Whether nothing more comes. */
  readonly ended: boolean;
  /** The activation to project at this step: what the intervention returns, or the state's own. */
  steer(state: RowState, signal: AbortSignal | undefined): Promise<Float32Array>;
  /** Chooses the next token from logits [vocabulary]; gives the tokens that can be shown by now. */
  choose(logits: Float32Array): GeneratedToken[];
}

function checkOptions(options: Omit<GenerateOptions, 'signal'>, model: GenerationModel): void {
  const { maxTokens = 20, stop = [], intervention } = options;
  if (!Number.isInteger(maxTokens) || maxTokens < 1)
    throw new SakeError('invalid-option', `generate: expected maxTokens >= 1, got ${maxTokens}`);
  if (stop.includes(''))
    throw new SakeError('invalid-option', "generate: expected stop texts, got an empty one, ''");
  checkLayers(intervention?.layers ?? [], model, 'generate');
}

/** What `work` comes to, or `aborted` as soon as the signal fires, whatever becomes of the work. */
async function untilAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stopListening = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => {
      try {
        throwIfAborted(signal, 'generate');
      } catch (error) {
        reject(error as Error);
      }
    };
    signal.addEventListener('abort', fail, { once: true });
    if (signal.aborted) fail();
    stopListening = () => signal.removeEventListener('abort', fail);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
  }
}

async function intervene(
  intervention: Intervention,
  step: number,
  tokens: readonly number[],
  state: RowState,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const seen = [...tokens];
  const lastTokenActivation = state.activation.slice();
  throwIfAborted(signal, 'generate');
  const replacement = await untilAborted(
    intervention.intervene({
      step,
      tokens: seen,
      lastTokenActivation,
      observation: { tokens: seen, lastTokenActivation, layers: state.layers },
    }),
    signal,
  );
  if (replacement === undefined) return state.activation;
  if (replacement.length !== state.activation.length)
    throw new SakeError(
      'shape-mismatch',
      `generate: expected an intervention of width ${state.activation.length}, got ${replacement.length}`,
    );
  return replacement;
}

/**
 * A row that continues `prompt`.
 *
 * It ends at `maxTokens`, before an end-of-text token or stop text, or when the sequence has filled the model's
 * positions (the token chosen at the last position still comes).
 *
 * @throws {SakeError} `invalid-option`, `invalid-input` or `unsupported` for options out of range.
 */
export function createGenerationRow(
  model: GenerationModel,
  prompt: readonly number[],
  options: Omit<GenerateOptions, 'signal'>,
): GenerationRow {
  checkOptions(options, model);
  const { maxTokens = 20, stop = [], intervention } = options;
  const sample = createSampler(options);
  const filter = createStopFilter(stop);
  const detokenizer = createDetokenizer(model.tokenizer, prompt);
  const tokens = [...prompt];
  let step = 0;
  let ended = false;
  return {
    tokens,
    ...(model.additions && { additions: model.additions(prompt) }),
    layers: [...new Set(intervention?.layers ?? [])],
    mostTokens: Math.min(model.maxPositions, prompt.length + maxTokens),
    get ended() {
      return ended;
    },
    steer: async (state, signal) =>
      intervention ? intervene(intervention, step, tokens, state, signal) : state.activation,
    choose(logits) {
      const token = sample(logits);
      if (model.eosTokens.has(token)) {
        ended = true;
        return filter.flush();
      }
      tokens.push(token);
      const text = detokenizer.push(token);
      const shown = filter.push({ token, text, logProbability: logProbability(logits, token), step });
      step += 1;
      ended = filter.stopped || step >= maxTokens || tokens.length > model.maxPositions;
      return ended && !filter.stopped ? [...shown, ...filter.flush()] : shown;
    },
  };
}
