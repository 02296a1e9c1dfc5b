import type { ModelInfo } from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions } from './check-options.js';

/** What FT-L is told. */
export interface FtLSettings {
  /** The block whose MLP down-projection is tuned, 0 the first. Default 0. */
  readonly layer: number;
  /** Most steps of Adam. Default 25. */
  readonly steps: number;
  /** Default 5e-4. */
  readonly learningRate: number;
  /** ε, the largest change of any entry of the weight. Default 5e-4. */
  readonly epsilon: number;
  /** The loss, in nats, below which no further step is taken. Default 1e-2. */
  readonly stopBelow: number;
}

const published = { layer: 0, steps: 25, learningRate: 5e-4, stopBelow: 1e-2 } as const;

/**
 * The published settings of FT+L.
 *
 * Source: Meng et al. (arXiv 2202.05262), appendix E.1, and the files `*_constr.json` of its public code.
 */
export const ftLPresets: Readonly<Record<'gpt2-xl' | 'gpt-j-6b', FtLSettings>> = {
  'gpt2-xl': { ...published, epsilon: 5e-4 },
  'gpt-j-6b': { ...published, epsilon: 5e-5 },
};

/** The published settings of a model of this family and size; undefined for another. */
export function ftLPresetFor({
  family,
  layers,
  hiddenSize,
}: Pick<ModelInfo, 'family' | 'layers' | 'hiddenSize'>): FtLSettings | undefined {
  if (family === 'gpt2' && layers === 48 && hiddenSize === 1600) return ftLPresets['gpt2-xl'];
  if (family === 'gptj' && layers === 28 && hiddenSize === 4096) return ftLPresets['gpt-j-6b'];
  return undefined;
}

const schema = z.strictObject({
  layer: z.int().min(0),
  steps: z.int().min(1),
  learningRate: z.number().positive(),
  epsilon: z.number().positive(),
  stopBelow: z.number(),
});

/**
 * Settings with those of GPT2-XL where none is given.
 *
 * @throws {SakeError} `invalid-option` that names every value out of range.
 */
export function ftLSettings(given: Partial<FtLSettings>): FtLSettings {
  return checkOptions('ftL', schema, { ...ftLPresets['gpt2-xl'], ...given });
}
