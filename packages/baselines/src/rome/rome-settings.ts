import { SakeError } from '@sakejs/spec';

/** Texts that a method samples from the model, to put in front of a prompt. */
export interface PrefixPlan {
  /** Tokens of each. */
  readonly tokens: number;
  readonly count: number;
}

/** What ROME's parts are told; defaults of the paper's public hyperparameters, but for the block. */
export interface RomeSettings {
  /** The block whose MLP is edited, 0 the first. */
  readonly layer: number;
  /** Gradient steps of Adam on v*; the last value is not stepped from. */
  readonly steps: number;
  readonly learningRate: number;
  /** Factor of ‖δ‖ / ‖v‖² in the loss, v the MLP's plain output. */
  readonly weightDecay: number;
  /** Factor of KL(edited ‖ plain) of the next token after the essence prompt. */
  readonly klFactor: number;
  /** ‖δ‖ is held to this times ‖v‖. */
  readonly clampNormFactor: number;
  /** The loss below which v* is good enough. */
  readonly stopBelow: number;
  /** Texts in front of the prompt, beside none at all. */
  readonly prefixes: readonly PrefixPlan[];
  /** The prompt whose next token shall stay as it is, `{}` for the subject. */
  readonly essencePrompt: string;
}

/** Everything but the block, as Meng et al. published it for both of their models. */
const published = {
  steps: 20,
  learningRate: 0.5,
  weightDecay: 0.5,
  klFactor: 0.0625,
  clampNormFactor: 4,
  stopBelow: 0.05,
  prefixes: [
    { tokens: 5, count: 10 },
    { tokens: 10, count: 10 },
  ],
  essencePrompt: '{} is a',
} as const;

/**
 * The published hyperparameters. The loss is read at the last block for both.
 *
 * Source: Meng et al., "Locating and Editing Factual Associations in GPT" (arXiv 2202.05262), and the hyperparameter
 * files of its public code.
 */
export const romePresets: Readonly<Record<'gpt2-xl' | 'gpt-j-6b', RomeSettings>> = {
  'gpt2-xl': { layer: 17, ...published },
  'gpt-j-6b': { layer: 5, ...published },
};

/**
 * Settings with the published values where none is given.
 *
 * @throws {SakeError} `invalid-option` for a value out of range.
 */
export function romeSettings(given: Pick<RomeSettings, 'layer'> & Partial<RomeSettings>): RomeSettings {
  const settings: RomeSettings = { ...published, ...given };
  const refuse = (what: string, got: unknown): SakeError =>
    new SakeError('invalid-option', `romeSettings: expected ${what}, got ${String(got)}`);
  const { layer, steps, learningRate, weightDecay, klFactor, clampNormFactor, essencePrompt } = settings;
  if (!Number.isInteger(layer) || layer < 0) throw refuse('a layer from 0 on', layer);
  if (!Number.isInteger(steps) || steps < 1) throw refuse('steps >= 1', steps);
  if (!(learningRate > 0)) throw refuse('a learningRate above 0', learningRate);
  if (!(weightDecay >= 0)) throw refuse('a weightDecay of 0 or more', weightDecay);
  if (!(klFactor >= 0)) throw refuse('a klFactor of 0 or more', klFactor);
  if (!(clampNormFactor > 0)) throw refuse('a clampNormFactor above 0', clampNormFactor);
  if (!essencePrompt.includes('{}')) throw refuse('an essencePrompt with {} for the subject', essencePrompt);
  for (const { tokens, count } of settings.prefixes)
    if (!Number.isInteger(tokens) || tokens < 1 || !Number.isInteger(count) || count < 0)
      throw refuse('prefixes of at least one token', `${count} of ${tokens}`);
  return settings;
}
