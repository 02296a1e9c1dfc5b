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
    expect(again.facts).toEqual(firstDataset.facts);
    expect([...again.keptOut]).toEqual([...firstDataset.keptOut]);
    expect(planDataset({ ...firstConfig, seed: 2 }).records).not.toEqual(firstDataset.records);
  });
  it('leaves out phrasings that two of its relations share', () => {
    const { phrasings } = planDataset({ ...firstConfig, relations: ['P17', 'P276'], records: 4 });
    const statements = phrasings.flatMap((each) => each.statements);
    expect(new Set(statements).size).toBe(statements.length);
    expect(statements).not.toContain('{} is located in');
  });
  it('scales to more relations and facts', () => {
    const big = planDataset({
      ...firstConfig,
      relations: [
        ...firstConfig.relations,
        'P1412',
        'P101',
        'P108',
        'P127',
        'P937',
        'P407',
        'P138',
        'P740',
        'P136',
      ],
      factsPerRelation: 200,
      objectsPerRelation: 20,
      records: 600,
    });
    expect(big.facts.length).toBeGreaterThan(4000);
    expect(big.records.dev.length + big.records.test.length).toBe(600);
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
