import { describe, expect, it } from 'vitest';
import { fakeResults } from '../../test/fake-results.js';
import { viewerData } from './viewer-data.js';

describe('viewerData', () => {
  const [result] = fakeResults(3);

  it('holds every outcome in columns that give it back', () => {
    const { strings, tables } = viewerData([result!]);
    const [table] = tables;
    result!.queries!.forEach((query, at) => {
      expect(strings[table!.queries.prompt[at]!]).toBe(query.prompt);
      expect(strings[table!.queries.wanted[at]!]).toBe(query.wanted.join(' | '));
      table!.methods.forEach((method, rank) => {
        const outcome = query.outcomes[method]!;
        const columns = table!.outcomes[rank]!;
        expect(strings[columns.answer[at]!]).toBe(outcome.answer);
        expect(columns.edit[at] === -1 ? undefined : strings[columns.edit[at]!]).toBe(outcome.edit);
        expect(['none', 'own', 'other'][columns.fired[at]!]).toBe(outcome.fired);
        expect(columns.value[at]).toBe(outcome.value);
      });
    });
  });

  it('marks what a method has no outcome for, and metrics that are no shares', () => {
    const [query] = result!.queries!;
    const { none, ...others } = query!.outcomes;
    const { strings, tables } = viewerData([
      {
        ...result!,
        columns: [{ name: query!.metric, higherIsBetter: false, unit: 'nats' }],
        queries: [{ ...query!, outcomes: others }],
      },
    ]);
    expect(none).toBeDefined();
    expect(tables[0]!.outcomes[0]!.answer).toEqual([-1]);
    expect(tables[0]!.amounts.map((at) => strings[at])).toEqual([query!.metric]);
  });

  it('leaves out results without queries', () => {
    const { queries: _, ...bare } = result!;
    expect(viewerData([bare, { ...bare, queries: [] }]).tables).toEqual([]);
  });
});
