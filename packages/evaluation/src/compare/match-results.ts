import { SakeError } from '@sakejs/spec';
import type { SuiteResult } from '../runner/suite-result.js';

/** The results of two files, side by side. */
export interface MatchedResults {
  readonly pairs: readonly (readonly [a: SuiteResult, b: SuiteResult])[];
  /** Tables of one file only: `b: doubt, strict protocol`. */
  readonly unmatched: readonly string[];
}

/** A table's name in messages. */
export const tableName = ({ suite, protocol }: SuiteResult): string => `${suite}, ${protocol} protocol`;

/**
 * Pairs results by suite and protocol, in the order of the first.
 *
 * @throws {SakeError} `invalid-input` where a file has a table twice, or nothing is in both.
 */
export function matchResults(a: readonly SuiteResult[], b: readonly SuiteResult[]): MatchedResults {
  const [left, right] = [byName(a, 'a'), byName(b, 'b')];
  const only = (name: string, mine: Map<string, SuiteResult>, other: Map<string, SuiteResult>): string[] =>
    [...mine.keys()].filter((table) => !other.has(table)).map((table) => `${name}: ${table}`);
  const pairs = [...left].flatMap(([table, result]): (readonly [SuiteResult, SuiteResult])[] => {
    const other = right.get(table);
    return other === undefined ? [] : [[result, other]];
  });
  if (pairs.length === 0)
    throw new SakeError(
      'invalid-input',
      `compareResults: expected a suite and protocol in both, got ${[...left.keys()].join('; ') || 'none'} in a and ${[...right.keys()].join('; ') || 'none'} in b`,
    );
  return { pairs, unmatched: [...only('a', left, right), ...only('b', right, left)] };
}

function byName(results: readonly SuiteResult[], where: string): Map<string, SuiteResult> {
  const named = new Map<string, SuiteResult>();
  for (const result of results) {
    const name = tableName(result);
    if (named.has(name))
      throw new SakeError(
        'invalid-input',
        `compareResults: expected one result for each suite and protocol, got two of ${name} in ${where}; compare files of one run each`,
      );
    named.set(name, result);
  }
  return named;
}
