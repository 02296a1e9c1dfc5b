import { SakeError, throwIfAborted, type CausalLM, type StateKind } from '@sakejs/spec';
import type { CounterFactDataset } from '../datasets/counterfact.js';
import { averageEffects, meanOverFacts } from './average-effects.js';
import { embeddingDeviation } from './embedding-noise.js';
import { knownFacts, tracedFact } from './known-facts.js';
import { defaultWindow } from './restored-layers.js';
import { suggestLayer } from './suggest-layer.js';
import { traceFact } from './trace-fact.js';
import { stateKinds, type FactTrace, type TraceResult, type TraceSettings } from './trace-result.js';

export interface TraceOptions {
  readonly lm: CausalLM;
  /** The facts: each record's request with its true object. */
  readonly dataset: CounterFactDataset;
  /** Draws of the noise a fact. Default 10. */
  readonly samples?: number;
  /** Standard deviation of the noise, in standard deviations of the subjects' embeddings. Default 3. */
  readonly noise?: number;
  /** Blocks whose MLP or attention outputs are put back at once. Default 10 of 48, at least 1. */
  readonly window?: number;
  /** Kinds of states that are put back. Default all. */
  readonly kinds?: readonly StateKind[];
  /** Seed of noise and resampling. Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Facts that are traced, of those that the model knows. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Causal tracing (Meng et al. 2022, section 2): where in a model the states lie that make it say what it knows.
 *
 * The subject's embeddings are disturbed with Gaussian noise until the object is no longer said. The indirect effect of
 * a state is what P(object) gains when that state alone is put back to its undisturbed value; averages over facts are
 * by the token's place relative to the subject. Only facts whose object is the model's greedy next token are traced.
 * @throws {SakeError} `invalid-option`; `not-enough-data` where the model knows none of the facts; `unsupported` for a model
 *   whose states are not found; `aborted`.
 */
export async function traceFacts(options: TraceOptions): Promise<TraceResult> {
  const { lm, dataset, signal, onProgress } = options;
  const settings = settingsOf(options);
  const { noise, kinds, seed } = settings;
  const asked = dataset.records.map(({ request }) => tracedFact(lm, request));
  const known = await knownFacts(lm, asked, signal);
  if (known.length === 0)
    throw new SakeError(
      'not-enough-data',
      `traceFacts: expected facts whose object the model says, got none among ${asked.length}`,
    );
  const embedding = await embeddingDeviation(lm, asked, signal);
  const facts: FactTrace[] = [];
  onProgress?.(0, known.length);
  for (const fact of known) {
    throwIfAborted(signal, 'traceFacts');
    facts.push(await traceFact(lm, fact, { ...settings, deviation: noise * embedding }, signal));
    onProgress?.(facts.length, known.length);
  }
  const { name, sha256, total } = dataset;
  const mean = (value: (fact: FactTrace) => number) => meanOverFacts(facts.map(value), seed);
  return {
    kind: 'trace',
    model: lm.info,
    data: { name, sha256, records: total },
    settings,
    embeddingDeviation: embedding,
    asked: asked.length,
    unknown: asked.length - known.length,
    clean: mean(({ clean }) => clean),
    corrupted: mean(({ corrupted }) => corrupted),
    totalEffect: mean(({ clean, corrupted }) => clean - corrupted),
    averages: averageEffects(facts, kinds, seed),
    suggestion: kinds.includes('mlp') ? suggestLayer(facts, seed) : null,
    facts,
  };
}

function settingsOf(options: TraceOptions): TraceSettings {
  const { samples = 10, noise = 3, seed = 0, kinds = stateKinds } = options;
  const { window = defaultWindow(options.lm.info.layers) } = options;
  const refuse = (name: string, expected: string, got: unknown): SakeError =>
    new SakeError('invalid-option', `traceFacts: expected ${name} to be ${expected}, got ${String(got)}`);
  if (!Number.isInteger(samples) || samples < 1) throw refuse('samples', 'a whole number above 0', samples);
  if (!Number.isInteger(window) || window < 1) throw refuse('window', 'a whole number above 0', window);
  if (!Number.isFinite(noise) || noise < 0) throw refuse('noise', 'a number of at least 0', noise);
  if (kinds.length === 0 || kinds.some((kind) => !stateKinds.includes(kind)))
    throw refuse('kinds', `among ${stateKinds.join(', ')}`, kinds.join(', ') || 'none');
  return { samples, noise, window, seed, kinds: stateKinds.filter((kind) => kinds.includes(kind)) };
}
