import { leaksObject, type FactRow, type FactSource } from '@sakejs/facts';
import { cleanStatement, type Rejection } from './clean-statement.js';
import type { Statement } from './statement.js';

/** One relation's rows and what was left out on the way. */
export interface MergedTable {
  readonly rows: readonly FactRow[];
  /** Statements left out by cleaning. */
  readonly rejected: Readonly<Record<Rejection, number>>;
  /** Subjects with several objects whose CounterFact request decided. */
  readonly conflictsSettled: number;
  /** Subjects with several objects and no CounterFact request: left out. */
  readonly conflictsDropped: number;
}

/**
 * Merges the statements of one relation into a table with one object a subject.
 *
 * Equal facts of several sources become one row that names them all. Where a
 * subject has several objects, the object of its first CounterFact request is
 * kept; without a request the subject is left out.
 */
export function mergeStatements(statements: readonly Statement[]): MergedTable {
  const rejected = { empty: 0, unprintable: 0, 'subject-length': 0, 'subject-is-object': 0 };
  const bySubject = new Map<string, Map<string, Set<FactSource>>>();
  for (const statement of statements) {
    const clean = cleanStatement(statement);
    if (typeof clean === 'string') {
      rejected[clean]++;
      continue;
    }
    const byObject = bySubject.get(clean.subject) ?? new Map<string, Set<FactSource>>();
    bySubject.set(clean.subject, byObject);
    byObject.set(clean.object, (byObject.get(clean.object) ?? new Set()).add(clean.source));
  }
  const rows: FactRow[] = [];
  let conflictsSettled = 0;
  let conflictsDropped = 0;
  for (const [subject, byObject] of bySubject) {
    const objects = [...byObject];
    const winner =
      objects.length === 1 ? objects[0] : objects.find(([, sources]) => sources.has('counterfact'));
    if (objects.length > 1 && winner !== undefined) conflictsSettled++;
    if (winner === undefined) {
      conflictsDropped++;
      continue;
    }
    const [object, sources] = winner;
    rows.push({ subject, object, sources: [...sources], leaks: leaksObject(subject, object) });
  }
  return { rows, rejected, conflictsSettled, conflictsDropped };
}
