import type { FactSource } from '@sakejs/facts';
import { describe, expect, it } from 'vitest';
import { mergeStatements } from './merge-statements.js';
import type { Statement } from './statement.js';

const say = (source: FactSource, subject: string, object: string): Statement => ({
  relation: 'P37',
  subject,
  object,
  source,
});

describe('mergeStatements', () => {
  it('makes one row of a fact that several sources state', () => {
    const { rows } = mergeStatements([
      say('trex', 'Oulu', 'Finnish'),
      say('lre', 'Oulu ', 'Finnish'),
      say('trex', 'Oulu', 'Finnish'),
    ]);
    expect(rows).toEqual([{ subject: 'Oulu', object: 'Finnish', sources: ['trex', 'lre'], leaks: false }]);
  });

  it('keeps the object of the first CounterFact request where sources differ', () => {
    const merged = mergeStatements([
      say('trex', 'Oulu', 'English'),
      say('counterfact', 'Oulu', 'Finnish'),
      say('counterfact', 'Oulu', 'Swedish'),
      say('trex', 'Oulu', 'Finnish'),
    ]);
    expect(merged.rows).toEqual([
      { subject: 'Oulu', object: 'Finnish', sources: ['counterfact', 'trex'], leaks: false },
    ]);
    expect(merged).toMatchObject({ conflictsSettled: 1, conflictsDropped: 0 });
  });

  it('leaves out a subject whose sources differ without a request', () => {
    const merged = mergeStatements([
      say('trex', 'Oulu', 'English'),
      say('known', 'Oulu', 'Finnish'),
      say('trex', 'Rauma', 'Finnish'),
    ]);
    expect(merged.rows.map(({ subject }) => subject)).toEqual(['Rauma']);
    expect(merged).toMatchObject({ conflictsSettled: 0, conflictsDropped: 1 });
  });

  it('marks facts that their subject gives away', () => {
    const { rows } = mergeStatements([
      say('trex', 'Welsh Senate', 'Welsh'),
      say('trex', 'Welshpool', 'Welsh'),
    ]);
    expect(rows.map(({ leaks }) => leaks)).toEqual([true, false]);
  });

  it('counts what cleaning rejects, and why', () => {
    expect(mergeStatements([say('trex', '', 'Welsh'), say('trex', 'welsh', 'Welsh')])).toMatchObject({
      rows: [],
      rejected: { empty: 1, unprintable: 0, 'subject-length': 0, 'subject-is-object': 1 },
    });
  });
});
