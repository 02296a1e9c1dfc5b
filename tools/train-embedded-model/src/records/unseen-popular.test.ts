import { describe, expect, it } from 'vitest';
import { firstConfig, firstDataset } from '../corpus/first-dataset.test-data.js';
import { unseenPopular } from './unseen-popular.js';

describe('unseenPopular', () => {
  it('gives records of edits that the configuration does not have, numbered anew', () => {
    const records = unseenPopular(firstConfig, 2);
    const edited = firstDataset.popular.plans.map(({ fact }) => `${fact.relation}/${fact.subject}`);
    expect(records.length).toBeGreaterThan(0);
    expect(records.map(({ case_id }) => case_id)).toEqual(records.map((_, index) => index));
    for (const { edit } of records) expect(edited).not.toContain(`${edit.relation}/${edit.subject_label}`);
  });

  it('gives none of its own seed', () => {
    expect(unseenPopular(firstConfig, firstConfig.seed)).toEqual([]);
  });
});
