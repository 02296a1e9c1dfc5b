import { z } from 'zod';
import { checkOptions } from '../check-options.js';

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
  /**
   * Where its next token is read: behind the whole prompt, as the paper has it, or at the subject's last token, where the
   * authors' code does.
   */
  readonly essenceAt: 'prompt' | 'subject';
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
  essenceAt: 'prompt',
} as const;

/**
 * The published hyperparameters, which were used with the authors' code: the essence is read where it does. The loss is
 * read at the last block for both.
 *
 * Source: Meng et al., "Locating and Editing Factual Associations in GPT" (arXiv 2202.05262), and the hyperparameter
 * files of its public code.
 */
export const romePresets: Readonly<Record<'gpt2-xl' | 'gpt-j-6b', RomeSettings>> = {
  'gpt2-xl': { layer: 17, ...published, essenceAt: 'subject' },
  'gpt-j-6b': { layer: 5, ...published, essenceAt: 'subject' },
};

const schema = z.strictObject({
  layer: z.int().min(0),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  klFactor: z.number().min(0),
  clampNormFactor: z.number().positive(),
  stopBelow: z.number(),
  prefixes: z.array(z.strictObject({ tokens: z.int().min(1), count: z.int().min(0) })),
  essencePrompt: z.string().includes('{}'),
  essenceAt: z.enum(['prompt', 'subject']),
});

/**
 * Settings with the published values where none is given.
 *
 * @throws {SakeError} `invalid-option` that names every value out of range.
 */
export function romeSettings(given: Pick<RomeSettings, 'layer'> & Partial<RomeSettings>): RomeSettings {
  return checkOptions('romeSettings', schema, { ...published, ...given });
}

/** A plan in words, for provenance: `10 of 5 tokens, 10 of 10`. */
export const plannedPrefixes = (plan: readonly PrefixPlan[]): string =>
  plan.map(({ tokens, count }, at) => `${count} of ${tokens}${at === 0 ? ' tokens' : ''}`).join(', ') ||
  'none';
