import { readFileSync } from 'node:fs';
import type { CorpusOptions } from './create-corpus.js';
import { planDataset, type Dataset, type DatasetConfig } from './plan-dataset.js';

const { seed, data, stages } = JSON.parse(
  readFileSync(new URL('../../configs/embedded.json', import.meta.url), 'utf8'),
) as {
  readonly seed: number;
  readonly data: Omit<DatasetConfig, 'seed'>;
  readonly stages: readonly Pick<CorpusOptions, 'plan' | 'longFront'>[];
};

/** What each of its stages reads. */
export const embeddedStages: readonly Pick<CorpusOptions, 'plan' | 'longFront'>[] = stages.map(
  ({ plan, longFront }) => ({
    ...(plan === undefined ? {} : { plan }),
    ...(longFront === undefined ? {} : { longFront }),
  }),
);

/** The embedded model's dataset: all facts of its relations. */
export const embeddedConfig: DatasetConfig = { ...data, seed };

export const embeddedDataset: Dataset = planDataset(embeddedConfig);
