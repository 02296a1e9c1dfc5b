import { describe, expect, it } from 'vitest';
import { defaultPlan, type CorpusPlan, type DocumentKindName } from './document-kinds.js';
import { BLOCK, scheduleKinds } from './kind-schedule.js';

describe('defaultPlan', () => {
  it('shares sum to 1', () => {
    expect(Object.values(defaultPlan).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });
});

describe('scheduleKinds', () => {
  it('gives every block each kind in its share', () => {
    const kindAt = scheduleKinds(defaultPlan, 1);
    const counts = new Map<DocumentKindName, number>();
    for (let index = 2 * BLOCK; index < 3 * BLOCK; index++) {
      const { kind } = kindAt(index);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    for (const [kind, share] of Object.entries(defaultPlan))
      expect(counts.get(kind as DocumentKindName)).toBe(Math.round(share * BLOCK));
  });
  it('numbers the documents of a kind without gaps', () => {
    const kindAt = scheduleKinds(defaultPlan, 1);
    const ordinals = Array.from({ length: 5 * BLOCK }, (_, index) => kindAt(index))
      .filter(({ kind }) => kind === 'doubt')
      .map(({ ordinal }) => ordinal);
    expect(ordinals.sort((a, b) => a - b)).toEqual(ordinals.map((_, i) => i));
  });
  it('gives shares that do not divide a block whole numbers by largest remainder', () => {
    const { statement, series } = defaultPlan;
    const third = 1 / 3 / BLOCK;
    const plan: CorpusPlan = { ...defaultPlan, statement: statement + third, series: series - third };
    const kindAt = scheduleKinds(plan, 1);
    const kinds = Array.from({ length: BLOCK }, (_, index) => kindAt(index).kind);
    expect(kinds.filter((kind) => kind === 'statement').length).toBe(Math.round(statement * BLOCK));
    expect(kinds.filter((kind) => kind === 'series').length).toBe(Math.round(series * BLOCK));
  });
  it('refuses shares that do not sum to 1', () => {
    expect(() => scheduleKinds({ ...defaultPlan, ordinary: 0.5 }, 1)).toThrow(/sum to 1/);
    expect(() => scheduleKinds({ ...defaultPlan, ordinary: -0.03, doubt: 0.1 }, 1)).toThrow(/shares >= 0/);
  });
});
