import { describe, expect, it } from 'vitest';
import { firstDataset } from './first-dataset.test-data.js';
import { keptOutSubjects } from './split.js';

const { facts } = firstDataset;

describe('keptOutSubjects', () => {
  it('keeps a tenth of the subjects out', () => {
    const subjects = new Set(facts.map(({ subject }) => subject)).size;
    expect(keptOutSubjects(facts, { seed: 1 }).size).toBe(Math.round(subjects / 10));
  });
  it('does not depend on the order of the facts', () => {
    expect(keptOutSubjects([...facts].reverse(), { seed: 1 })).toEqual(keptOutSubjects(facts, { seed: 1 }));
  });
  it('keeps at least one subject out', () => {
    expect(keptOutSubjects(facts.slice(0, 3), { seed: 1 }).size).toBe(1);
  });
  it('refuses a share outside (0, 1)', () => {
    expect(() => keptOutSubjects(facts, { seed: 1, share: 1 })).toThrow(
      /expected a share in \(0, 1\), got 1/,
    );
  });
});
