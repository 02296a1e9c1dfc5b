import { SakeError } from '@sakejs/spec';
import type { QueryRecord, SuiteResult } from '../runner/suite-result.js';
import { tableName } from './match-results.js';

/** A query that both results asked. */
export interface QueryPair {
  readonly a: QueryRecord;
  readonly b: QueryRecord;
}

/**
 * Pairs the queries of two results of one suite by case, metric and prompt; queries of one result only are left out.
 *
 * A prompt that a case asks twice is paired in order.
 *
 * @throws {SakeError} `not-enough-data` where a result holds no queries, `invalid-input` for other records: another file
 * of records, other wanted answers, or a case of which no prompt is in both.
 */
export function pairQueries(a: SuiteResult, b: SuiteResult): QueryPair[] {
  for (const [name, { queries }] of [
    ['a', a],
    ['b', b],
  ] as const)
    // prettier-ignore
    if (queries === undefined)
      throw new SakeError(
        'not-enough-data',
        `compareResults: expected the queries of ${tableName(a)}, got none in ${name}; rerun with queries in the result (sake-bench run --queries), or allow unpaired intervals`,
      );
  if (a.data.sha256 !== b.data.sha256)
    throw otherRecords(
      `records ${a.data.name} (sha256 ${a.data.sha256}) and ${b.data.name} (sha256 ${b.data.sha256})`,
    );
  const left = keyed(a.queries!);
  const right = keyed(b.queries!);
  const pairs = [...left].flatMap(([key, query]): QueryPair[] => {
    const other = right.get(key);
    return other === undefined ? [] : [{ a: query, b: other }];
  });
  for (const { a: query, b: other } of pairs)
    if (JSON.stringify(query.wanted) !== JSON.stringify(other.wanted))
      throw otherRecords(
        `case ${query.case} with ${JSON.stringify(query.wanted)} and ${JSON.stringify(other.wanted)} wanted`,
      );
  const paired = new Set(pairs.map(({ a: query }) => query.case));
  const cases = new Set(b.queries!.map((query) => query.case));
  const stray = a.queries!.find((query) => cases.has(query.case) && !paired.has(query.case));
  if (stray !== undefined)
    throw otherRecords(
      `case ${stray.case} without a prompt in both (a asks ${JSON.stringify(stray.prompt)})`,
    );
  return pairs;
}

function otherRecords(got: string): SakeError {
  return new SakeError(
    'invalid-input',
    `compareResults: expected results on the same records, got ${got}; rerun one on the other's records`,
  );
}

function keyed(queries: readonly QueryRecord[]): Map<string, QueryRecord> {
  const found = new Map<string, QueryRecord>();
  const times = new Map<string, number>();
  for (const query of queries) {
    const key = JSON.stringify([query.case, query.metric, query.prompt]);
    const before = times.get(key) ?? 0;
    times.set(key, before + 1);
    found.set(`${before} ${key}`, query);
  }
  return found;
}
