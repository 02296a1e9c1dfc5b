import { planDataset, type Dataset, type DatasetConfig } from './plan-dataset.js';

/** A first model's dataset: about 1,000 facts over 18 relations. */
export const firstConfig: DatasetConfig = {
  seed: 1,
  relations: [
    'P103', 'P27', 'P19', 'P20', 'P106', 'P140', 'P413', 'P1303', 'P36',
    'P17', 'P30', 'P37', 'P159', 'P176', 'P178', 'P364', 'P495', 'P449',
  ], // prettier-ignore
  selection: { kind: 'balanced', factsPerRelation: 60, objectsPerRelation: 8, minSubjectsPerObject: 6 },
  secondRelations: ['P36', 'P37', 'P30', 'P159', 'P17', 'P495', 'P176'],
  compositions: { shown: 60, heldOut: 20 },
  aliasedSubjects: 40,
  records: 160,
  popularRecords: 20,
};

export const firstDataset: Dataset = planDataset(firstConfig);
