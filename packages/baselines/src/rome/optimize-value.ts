import {
  matrix,
  modelGradients,
  SakeError,
  throwIfAborted,
  type CausalLM,
  type LossSequence,
  type LossTerm,
  type StreamLoss,
} from '@sakejs/spec';
import { createAdam } from '../adam.js';
import type { RomeSettings } from './rome-settings.js';
import type { SubjectContext } from './subject-context.js';

export interface OptimizeValueInput {
  /** The prompt in its contexts. */
  readonly rewrites: readonly SubjectContext[];
  /** Prompts whose next token shall stay as it is. */
  readonly essences: readonly SubjectContext[];
  /** Tokens of the new object. */
  readonly target: readonly number[];
  /** What the MLP adds at the subject's last token of the plain prompt, [d]. */
  readonly value: ArrayLike<number>;
  readonly settings: Omit<RomeSettings, 'prefixes' | 'essencePrompt'>;
  readonly signal?: AbortSignal;
}

/** The loss at one step. */
export interface ValueStep {
  readonly loss: number;
  /** Mean −ln p of the target's tokens over contexts, in nats. */
  readonly nll: number;
  /** Mean KL(edited ‖ plain) over essence prompts, in nats, without its factor. */
  readonly kl: number;
  /** ‖δ‖ / ‖v‖², without its factor. */
  readonly decay: number;
}

export interface OptimizedValue {
  /** δ = v* − v, [d]. */
  readonly delta: Float64Array;
  /** One a loss that was read; the last is that of `delta`. */
  readonly steps: readonly ValueStep[];
}

const WHERE = 'optimizeValue';

/**
 * v* by Adam: the value that, written by the MLP at the subject's last token, makes the model say the target.
 *
 * Minimises over δ, added to the MLP's output v at that token of every context,
 *   mean −ln p(target | context) + klFactor · mean KL(p_edited ‖ p_plain)[essence] + weightDecay · ‖δ‖ / ‖v‖²
 * from δ = 0, held to ‖δ‖ <= clampNormFactor · ‖v‖ after each step, until the loss is below `stopBelow`.
 * Cost: one pass forward and back over the blocks above the layer a step.
 * The essence is read behind its prompt, as in the equation, or at the subject as the authors' code does (`essenceAt`).
 * Source: Meng et al. (arXiv 2202.05262), equation 4, and its public code for what the equation leaves open.
 *
 * @throws {SakeError} `invalid-input` without contexts, tokens or a value, or a value of norm 0; `numerical` when the
 *   loss is not finite; `unsupported` for a model without gradients; `aborted`.
 */
export async function optimizeValue(lm: CausalLM, input: OptimizeValueInput): Promise<OptimizedValue> {
  const { settings, signal, value } = input;
  const norm = checkedNorm(input, lm.info.hiddenSize);
  const options = signal === undefined ? {} : { signal };
  const loss = await modelGradients(lm, WHERE).streamLoss(sequencesOf(input), {
    layer: settings.layer,
    ...options,
  });
  const d = value.length;
  const delta = new Float64Array(d);
  const adam = createAdam(d, settings.learningRate);
  const steps: ValueStep[] = [];
  for (let step = 0; ; step++) {
    throwIfAborted(signal, WHERE);
    const { read, gradient } = await readLoss(loss, delta, { input, norm, signal });
    steps.push(read);
    if (read.loss < settings.stopBelow || step === settings.steps - 1) return { delta, steps };
    adam.step(delta, gradient);
    clamp(delta, settings.clampNormFactor * norm);
  }
}

function checkedNorm({ rewrites, target, value }: OptimizeValueInput, hiddenSize: number): number {
  const refuse = (what: string, got: unknown): SakeError =>
    new SakeError('invalid-input', `${WHERE}: expected ${what}, got ${String(got)}`);
  if (rewrites.length === 0) throw refuse('at least one context', 'none');
  if (target.length === 0) throw refuse('at least one target token', 'none');
  if (value.length !== hiddenSize) throw refuse(`a value of ${hiddenSize} numbers`, value.length);
  const norm = normOf(value);
  if (!(norm > 0)) throw refuse('a value whose norm is above 0', norm);
  return norm;
}

/** Sequences whose every token of the target counts, then those whose next token shall stay. */
function sequencesOf({ rewrites, essences, target, settings }: OptimizeValueInput): LossSequence[] {
  const share = 1 / (rewrites.length * target.length);
  const spoken = rewrites.map(({ tokens, subject }): LossSequence => ({
    tokens: [...tokens, ...target.slice(0, -1)],
    sites: [subject],
    terms: target.map((token, i): LossTerm => {
      return { kind: 'target', position: tokens.length - 1 + i, token, weight: share };
    }),
  }));
  const kept = essences.map(({ tokens, subject }): LossSequence => {
    const weight = settings.klFactor / essences.length;
    const at = settings.essenceAt;
    return {
      tokens,
      sites: [subject],
      terms: [
        {
          kind: 'divergence',
          position: at === 'prompt' ? tokens.length - 1 : subject,
          weight,
          from: 'changed',
        },
      ],
    };
  });
  return [...spoken, ...kept];
}

async function readLoss(
  loss: StreamLoss,
  delta: Float64Array,
  { input, norm, signal }: { input: OptimizeValueInput; norm: number; signal: AbortSignal | undefined },
): Promise<{ read: ValueStep; gradient: Float64Array }> {
  const d = delta.length;
  const rows = new Float32Array(loss.sites * d);
  for (let site = 0; site < loss.sites; site++) rows.set(delta, site * d);
  const found = await loss.evaluate(matrix(loss.sites, d, rows), signal === undefined ? {} : { signal });
  const said = input.rewrites.length * input.target.length;
  const mean = (values: Float64Array): number =>
    values.length === 0 ? 0 : values.reduce((sum, x) => sum + x, 0) / values.length;
  const size = normOf(delta);
  const decay = size / norm ** 2;
  const { weightDecay } = input.settings;
  const read = {
    loss: found.loss + weightDecay * decay,
    ...{ nll: mean(found.terms.slice(0, said)), kl: mean(found.terms.slice(said)), decay },
  };
  if (!Number.isFinite(read.loss))
    throw new SakeError(
      'numerical',
      `${WHERE}: expected a finite loss, got ${read.loss}; use a smaller learningRate`,
    );
  // The norm has no slope at 0; its subgradient there is taken to be 0.
  const pull = size === 0 ? 0 : weightDecay / (norm ** 2 * size);
  const gradient = delta.map((x) => pull * x);
  for (let site = 0; site < loss.sites; site++)
    for (let i = 0; i < d; i++) gradient[i]! += found.gradient.data[site * d + i]!;
  return { read, gradient };
}

/** Scales a vector down to a norm, in place. */
function clamp(values: Float64Array, most: number): void {
  const norm = normOf(values);
  if (norm > most) values.forEach((x, i) => (values[i] = (x * most) / norm));
}

function normOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]! ** 2;
  return Math.sqrt(total);
}
