import { describe, expect, it } from 'vitest';
import { firstConfig, firstDataset } from '../corpus/first-dataset.test-data.js';
import { recordsTable, taughtTable } from './records-table.js';

describe('recordsTable', () => {
  it('counts records and tests of each split', () => {
    const lines = recordsTable(firstDataset).split('\n');
    const numbers = (start: string): number[] =>
      (lines.find((line) => line.includes(start))!.match(/\b\d+\b/g) ?? []).map(Number);
    expect(numbers('CounterFact-form records')).toEqual([80, 80]);
    expect(numbers('paraphrase_prompts')).toEqual([160, 160]);
    expect(numbers('Popular-form records')).toEqual([
      firstConfig.popularRecords / 2,
      firstConfig.popularRecords / 2,
    ]);
    expect(numbers('Forgetfulness')).toEqual([0, 0]);
  });
});

describe('taughtTable', () => {
  it('counts facts, chains and aliases', () => {
    const lines = taughtTable(firstDataset).split('\n');
    const number = (start: string): number =>
      Number(/\d+/.exec(lines.find((line) => line.includes(start))!)?.[0]);
    expect(number('facts ')).toBe(firstDataset.facts.length);
    expect(number('relations')).toBe(firstConfig.relations.length);
    expect(number('compositions stated')).toBe(firstConfig.compositions.shown);
    expect(number('compositions held out')).toBe(firstConfig.compositions.heldOut);
    expect(number('kept out')).toBe(firstDataset.keptOut.size);
    expect(number('CounterFact request')).toBeLessThanOrEqual(firstDataset.facts.length);
  });
});
