import { z } from 'zod';
import { checkOptions } from '../check-options.js';
import type { RomeSettings } from '../rome/rome-settings.js';

/**
 * What MEMIT's parts are told; defaults of the paper's public hyperparameters, but for the blocks, λ and what prefixes go on
 * from.
 */
export interface MemitSettings extends Omit<RomeSettings, 'layer'> {
  /** The critical blocks whose MLPs are edited, ascending, 0 the first; z is optimised behind the last. */
  readonly layers: readonly number[];
  /** λ, the weight of the keys' second moment against the edits' own keys. */
  readonly momentWeight: number;
  /**
   * What sampled prefixes begin with, one after the other in turn, counted among their tokens. Default: they go on from what
   * opens a text, as ROME's; the authors' five words stand in {@link memitPresets}.
   */
  readonly prefixStarts?: readonly string[] | undefined;
}

/** Everything but blocks, λ and steps, as Meng et al. published it for both of their models. */
const published = {
  steps: 20,
  learningRate: 0.5,
  weightDecay: 0.5,
  klFactor: 0.0625,
  clampNormFactor: 0.75,
  stopBelow: 0.05,
  prefixes: [{ tokens: 10, count: 5 }],
  essencePrompt: '{} is a',
  essenceAt: 'prompt',
} as const;

/** What the authors' code has and the paper does not tell: the words that the model goes on from, for five prefixes. */
const code = { prefixStarts: ['The', 'Therefore', 'Because', 'I', 'You'], essenceAt: 'subject' } as const;

/**
 * The published hyperparameters, with the essence read where the authors' code does. The loss is read at the last block for
 * both.
 *
 * Source: Meng et al., "Mass-Editing Memory in a Transformer" (arXiv 2210.07229), and the hyperparameter files of its
 * public code.
 */
export const memitPresets: Readonly<Record<'gpt2-xl' | 'gpt-j-6b', MemitSettings>> = {
  'gpt2-xl': { layers: [13, 14, 15, 16, 17], momentWeight: 20_000, ...published, ...code },
  'gpt-j-6b': { layers: [3, 4, 5, 6, 7, 8], momentWeight: 15_000, ...published, ...code, steps: 25 },
};

const schema = z.strictObject({
  layers: z
    .array(z.int().min(0))
    .min(1)
    .refine((layers) => layers.every((layer, i) => i === 0 || layer > layers[i - 1]!), 'must ascend'),
  momentWeight: z.number().positive(),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  klFactor: z.number().min(0),
  clampNormFactor: z.number().positive(),
  stopBelow: z.number(),
  prefixes: z.array(z.strictObject({ tokens: z.int().min(1), count: z.int().min(0) })),
  essencePrompt: z.string().includes('{}'),
  essenceAt: z.enum(['prompt', 'subject']),
  prefixStarts: z.array(z.string().min(1)).min(1).optional(),
});

/**
 * Settings with the published values where none is given.
 *
 * @throws {SakeError} `invalid-option` that names every value out of range.
 */
export function memitSettings(
  given: Pick<MemitSettings, 'layers' | 'momentWeight'> & Partial<MemitSettings>,
): MemitSettings {
  return checkOptions('memitSettings', schema, { ...published, ...given });
}
