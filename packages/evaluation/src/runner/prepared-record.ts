import type { CausalLM } from '@sakejs/spec';
import type { CounterFactDataset, CounterFactRecord } from '../datasets/counterfact.js';
import { counterFactQueries, type CounterFactQuery } from '../protocols/counterfact-queries.js';
import { objectTokens, type ObjectTokens } from '../protocols/score-query.js';

/** A record as the runner asks it. */
export interface PreparedRecord {
  readonly record: CounterFactRecord;
  /** Queries that fit into the model's positions. */
  readonly queries: readonly CounterFactQuery[];
  /** Queries that do not: left out of every mean and counted. */
  readonly tooLong: readonly CounterFactQuery[];
  readonly tokens: ObjectTokens;
}

/** Queries and object tokens of every record. */
export function prepareRecords(lm: CausalLM, { records }: CounterFactDataset): PreparedRecord[] {
  const fits = ({ prompt }: CounterFactQuery): boolean => lm.encode(prompt).length <= lm.info.maxPositions;
  return records.map((record, index) => {
    const queries = counterFactQueries(record, index);
    return {
      record,
      queries: queries.filter(fits),
      tooLong: queries.filter((query) => !fits(query)),
      tokens: objectTokens(lm, record.request),
    };
  });
}

/** What holds for a suite whichever method is scored on it. */
export function suiteWarnings(prepared: readonly PreparedRecord[], info: CausalLM['info']): string[] {
  const warnings: string[] = [];
  const shared = prepared.filter(({ tokens }) => tokens.targetNew === tokens.targetTrue);
  if (shared.length > 0)
    warnings.push(
      `${shared.length} of ${prepared.length} records have objects that share a first token: they are scored, but ` +
        `neither the first-token nor the probability scorer can tell the two apart (case_id ${caseIds(shared)})`,
    );
  const cut = prepared.filter(({ tooLong }) => tooLong.length > 0);
  if (cut.length > 0)
    warnings.push(
      `${cut.reduce((sum, { tooLong }) => sum + tooLong.length, 0)} queries are longer than the model's ` +
        `${info.maxPositions} positions and are left out (case_id ${caseIds(cut)})`,
    );
  return warnings;
}

function caseIds(prepared: readonly PreparedRecord[]): string {
  return prepared.map(({ record }) => record.caseId).join(', ');
}
