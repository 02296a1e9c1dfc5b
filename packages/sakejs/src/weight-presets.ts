import {
  memitPresets,
  memitSettings,
  romePresets,
  romeSettings,
  type MemitSettings,
  type RomeSettings,
} from '@sakejs/baselines';
import type { ModelInfo } from '@sakejs/spec';

/** The models with published settings that a model is one of, told by its shape. */
export function publishedModel({
  family,
  layers,
  hiddenSize,
}: Pick<ModelInfo, 'family' | 'layers' | 'hiddenSize'>): 'gpt2-xl' | 'gpt-j-6b' | undefined {
  if (family === 'gpt2' && layers === 48 && hiddenSize === 1600) return 'gpt2-xl';
  if (family === 'gptj' && layers === 28 && hiddenSize === 4096) return 'gpt-j-6b';
  return undefined;
}

/** Whether a model has the embedded one's shape. */
const isEmbedded = ({ family, layers, hiddenSize }: ModelInfo): boolean =>
  family === 'llama' && layers === 6 && hiddenSize === 192;

/** The block a third of the way up, the published choice for GPT2-XL; MEMIT's best on the embedded dev records. */
export const criticalBlock = (layers: number): number => Math.max(0, Math.round(layers * 0.36));

/**
 * ROME's settings for a model: the published ones where there are such, else 50 steps instead of 20, which the embedded
 * model's surest facts take, and six sampled prefixes instead of 20, which cost less. It has a block and a rate of its own, chosen on its dev records (docs/findings.md).
 */
export function romeSettingsOf(info: ModelInfo): RomeSettings {
  const published = publishedModel(info);
  if (published !== undefined) return romePresets[published];
  return romeSettings({
    ...(isEmbedded(info)
      ? { layer: 0, learningRate: 0.2, stopBelow: 0.01 }
      : { layer: criticalBlock(info.layers) }),
    steps: 50,
    prefixes: [
      { tokens: 5, count: 4 },
      { tokens: 10, count: 2 },
    ],
  });
}

/**
 * MEMIT's settings for a model: the published ones where there are such, else those of the embedded model.
 *
 * λ is smaller than the published ones as keys are: kᵀ C⁻¹ k is about d_ff for a common key, and λ counts against that.
 */
export function memitSettingsOf(info: ModelInfo): MemitSettings {
  const published = publishedModel(info);
  if (published !== undefined) return memitPresets[published];
  const last = criticalBlock(info.layers);
  return memitSettings({
    layers: [last - 1, last].filter((layer) => layer >= 0),
    momentWeight: 50,
    steps: 50,
  });
}

/** Blocks whose key moments the methods that change weights ask for, ascending. */
export function momentsLayers(info: ModelInfo): number[] {
  const layers = [romeSettingsOf(info).layer, ...memitSettingsOf(info).layers];
  return [...new Set(layers)].sort((a, b) => a - b);
}
