import { planDataset, type Dataset, type DatasetConfig } from './plan-dataset.js';

/** A first model's dataset: about 1,000 facts over 18 relations. */
export const firstConfig: DatasetConfig = {
  seed: 1,
  relations: [
    'P103', 'P27', 'P19', 'P20', 'P106', 'P140', 'P413', 'P1303', 'P36',
    'P17', 'P30', 'P37', 'P159', 'P176', 'P178', 'P364', 'P495', 'P449',
  ], // prettier-ignore
  factsPerRelation: 60,
  objectsPerRelation: 8,
  minSubjectsPerObject: 6,
  records: 160,
};

export const firstDataset: Dataset = planDataset(firstConfig);
