import { planDataset, type DatasetConfig } from '../corpus/plan-dataset.js';
import type { PopularRecords } from './build-popular.js';

/**
 * Popular records of a plan with another seed, those first that it would test with, without every relation of a subject that
 * the configuration's own records edit; numbered anew.
 *
 * Neither settings nor errors were looked at on them. Training did not leave out for them what it did for the configuration's
 * own: their wordings and compositions may stand in its text.
 */
export function unseenPopular(config: DatasetConfig, seed: number): PopularRecords['test'] {
  const key = ({ subject, relation }: { readonly subject: string; readonly relation: string }): string =>
    `${relation}/${subject}`;
  const edited = new Set(planDataset(config).popular.plans.map(({ fact }) => key(fact)));
  const { test, dev } = planDataset({ ...config, seed }).popular.records;
  return [...test, ...dev]
    .filter(({ edit }) => !edited.has(key({ subject: edit.subject_label, relation: edit.relation })))
    .map((record, index) => ({ ...record, case_id: index }));
}
