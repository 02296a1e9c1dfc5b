import { readFileSync } from 'node:fs';
import { planDataset, type Dataset, type DatasetConfig } from './plan-dataset.js';

const { seed, data } = JSON.parse(
  readFileSync(new URL('../../configs/embedded.json', import.meta.url), 'utf8'),
) as { seed: number; data: Omit<DatasetConfig, 'seed'> };

/** The embedded model's dataset: all facts of its relations. */
export const embeddedConfig: DatasetConfig = { ...data, seed };

export const embeddedDataset: Dataset = planDataset(embeddedConfig);
