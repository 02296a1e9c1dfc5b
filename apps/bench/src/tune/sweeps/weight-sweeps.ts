import { compMemit, createMemories, ftL, memit, rome } from '@sakejs/baselines';
import type { ModelInfo } from '@sakejs/spec';
import { keyMomentsReader, memitSettingsOf, romeSettingsOf } from 'sakejs';
import { blocks, sweep, type Sweep } from './sweep.js';

/**
 * Runs of up to three blocks that end at the last of those that a model's edits are written into, or a block beside it, as
 * `1-2`.
 */
export function blockRuns(info: ModelInfo): string[] {
  const last = memitSettingsOf(info).layers.at(-1)!;
  return [last - 1, last, last + 1].flatMap((end) =>
    [1, 2, 3]
      .map((size) => end - size + 1)
      .filter((first) => first >= 0 && end < info.layers)
      .map((first) => `${first}-${end}`),
  );
}

/** The blocks of a run, ascending. */
export function blocksOf(run: string): number[] {
  const [first, last] = run.split('-').map(Number) as [number, number];
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** λ beside a model's own, which goes by the size of its keys. */
const momentWeights = (info: ModelInfo): number[] => {
  const { momentWeight } = memitSettingsOf(info);
  return [momentWeight / 10, momentWeight, momentWeight * 10];
};

/** Methods that change weights. */
export const weightSweeps: Readonly<Record<string, Sweep>> = {
  ft: sweep(
    (info) => ({
      layer: blocks(info),
      epsilon: [1e-3, 2e-3, 5e-3, 1e-2, 2e-2],
      learningRate: [5e-4, 1e-3, 2e-3, 5e-3],
    }),
    (setting) => ftL(setting),
  ),
  rome: sweep(
    (info) => ({
      layer: blocks(info).slice(0, Math.ceil((info.layers * 2) / 3)),
      klFactor: [0, 0.0625, 0.5],
      clampNormFactor: [1, 4],
      learningRate: [0.1, 0.5],
      ridge: [0, 1e-2],
    }),
    (setting, { info, momentsDirectory, momentsCorpus }) =>
      rome({
        ...romeSettingsOf(info),
        stopBelow: 0.05, // as published; the embedded model's own was found after its sweep
        ...setting,
        moments: keyMomentsReader(momentsDirectory, momentsCorpus),
      }),
  ),
  memit: sweep(
    (info) => ({
      layers: blockRuns(info),
      momentWeight: momentWeights(info),
      klFactor: [0, 0.0625, 0.5],
      clampNormFactor: [0.75, 2],
      learningRate: [0.1, 0.5],
    }),
    ({ layers, ...setting }, { info, momentsDirectory, momentsCorpus }) =>
      memit({
        ...{ ...memitSettingsOf(info), ...setting, layers: blocksOf(layers) },
        moments: keyMomentsReader(momentsDirectory, momentsCorpus),
      }),
  ),
  compmemit: sweep(
    (info) => ({
      layers: blockRuns(info),
      momentWeight: momentWeights(info),
      paraphrases: [2, 4, 8],
      implications: [0, 1, 2],
    }),
    ({ layers, ...setting }, { info, momentsDirectory, momentsCorpus }, memories) =>
      compMemit({
        ...{ ...memitSettingsOf(info), ...setting, layers: blocksOf(layers), memories },
        moments: keyMomentsReader(momentsDirectory, momentsCorpus),
      }),
    createMemories,
  ),
};
