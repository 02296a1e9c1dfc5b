import { memitPresets, romePresets } from '@sakejs/baselines';
import type { ModelInfo } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { memitSettingsOf, momentsLayers, publishedModel, romeSettingsOf } from './weight-presets.js';

const shaped = (family: string, layers: number, hiddenSize: number): ModelInfo =>
  ({ family, layers, hiddenSize }) as ModelInfo;

describe('settings of methods that change weights', () => {
  it.each([
    ['gpt2-xl', shaped('gpt2', 48, 1600), [13, 14, 15, 16, 17]],
    ['gpt-j-6b', shaped('gptj', 28, 4096), [3, 4, 5, 6, 7, 8]],
  ] as const)('are the published ones for %s', (name, info, layers) => {
    expect(publishedModel(info)).toBe(name);
    expect(romeSettingsOf(info)).toBe(romePresets[name]);
    expect(memitSettingsOf(info)).toBe(memitPresets[name]);
    expect(momentsLayers(info)).toEqual(layers);
  });

  it('are at the first block for ROME on the embedded shape alone', () => {
    expect(romeSettingsOf(shaped('llama', 6, 192)).layer).toBe(0);
    expect(romeSettingsOf(shaped('gpt2', 6, 192)).layer).toBe(2);
    expect(momentsLayers(shaped('llama', 6, 192))).toEqual([0, 1, 2]);
  });

  it('lie a third of the way up for another model, of another family with a published shape too', () => {
    const info = shaped('llama', 28, 4096);
    expect(publishedModel(info)).toBeUndefined();
    expect(romeSettingsOf(info)).toMatchObject({ layer: 10, steps: 50, learningRate: 0.5 });
    expect(memitSettingsOf(info)).toMatchObject({ layers: [9, 10], momentWeight: 50 });
    expect(memitSettingsOf(shaped('gpt2', 1, 16)).layers).toEqual([0]);
  });
});
