import { isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { groupFacts } from '../records/group-facts.js';
import { firstConfig, firstDataset } from './first-dataset.test-data.js';
import { planDataset } from './plan-dataset.js';

describe('planDataset', () => {
  it('gives about 1,000 facts over at least 14 relations, each object with at least 6 subjects', () => {
    expect(firstDataset.facts.length).toBeGreaterThan(950);
    const byRelation = groupFacts(firstDataset.facts, 'relation');
    expect(byRelation.size).toBeGreaterThanOrEqual(14);
    for (const facts of byRelation.values())
      for (const known of groupFacts(facts, 'object').values())
        expect(known.length).toBeGreaterThanOrEqual(6);
  });
  it('gives at least 120 records, 60 of them for tests', () => {
    const { dev, test } = firstDataset.records;
    expect(dev.length + test.length).toBe(160);
    expect(test.length).toBeGreaterThanOrEqual(60);
    expect(dev.length).toBeGreaterThanOrEqual(60);
  });
  it('gives the same dataset for the same configuration, another for another seed', () => {
    const again = planDataset(firstConfig);
    expect(again.records).toEqual(firstDataset.records);
    expect(again.popular).toEqual(firstDataset.popular);
    expect(again.facts).toEqual(firstDataset.facts);
    expect([...again.keptOut]).toEqual([...firstDataset.keptOut]);
    expect(planDataset({ ...firstConfig, seed: 2 }).records).not.toEqual(firstDataset.records);
  });
  it('edits no subject in both suites', () => {
    const edited = firstDataset.edits.map(({ fact }) => fact.subject);
    const popular = firstDataset.popular.plans.map(({ fact }) => fact.subject);
    expect(popular).toHaveLength(firstConfig.popularRecords);
    expect(new Set([...edited, ...popular]).size).toBe(edited.length + popular.length);
  });
  it('takes all facts with short labels where it is asked to', () => {
    const { facts } = planDataset({
      ...firstConfig,
      selection: { kind: 'all', maxLabelLength: 30 },
      popularRecords: 0,
    });
    expect(facts.length).toBeGreaterThan(5000);
    expect(Math.max(...facts.map(({ subject, object }) => Math.max(subject.length, object.length)))).toBe(30);
  });
  it('says how many records the facts allow', () => {
    try {
      planDataset({ ...firstConfig, records: 5000 });
      expect.unreachable();
    } catch (error) {
      expect(isSakeError(error) && error.code).toBe('not-enough-data');
      expect(String(error)).toMatch(/expected 5000 facts .* got \d+/);
    }
  });
});
