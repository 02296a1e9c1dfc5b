import type { Fact } from './fact.js';
import { compareLabels, normalizeLabel } from './label.js';
import { loadTable } from './load-tables.js';
import { relations } from './relations.js';

/** Which facts {@link findFacts} returns; every given field must match whole. */
export interface FactQuery {
  readonly subject?: string;
  readonly object?: string;
  readonly relation?: string;
}

interface FactIndex {
  readonly bySubject: ReadonlyMap<string, readonly Fact[]>;
  readonly byObject: ReadonlyMap<string, readonly Fact[]>;
}

let index: FactIndex | undefined;

/**
 * Every fact of the named relations (default: all), by relation, then subject.
 *
 * @throws {SakeError} `not-found` for an unknown relation.
 */
export function facts(options: { readonly relations?: readonly string[] } = {}): readonly Fact[] {
  const ids = options.relations ?? relations().map(({ id }) => id);
  return ids.flatMap((id) => loadTable(id));
}

/** The distinct objects of a relation, sorted by code unit. */
export function objectsOf(relation: string): string[] {
  return [...new Set(loadTable(relation).map(({ object }) => object))].sort(compareLabels);
}

/**
 * The facts that match every given field; an empty query matches all.
 *
 * Labels are compared in the tables' spelling (NFC, single plain spaces), letter
 * case included. A lookup by subject or object costs one map access.
 *
 * @throws {SakeError} `not-found` for an unknown relation.
 */
export function findFacts(query: FactQuery): readonly Fact[] {
  const subject = query.subject === undefined ? undefined : normalizeLabel(query.subject);
  const object = query.object === undefined ? undefined : normalizeLabel(query.object);
  const inRelation = query.relation === undefined ? undefined : loadTable(query.relation);
  if (subject === undefined && object === undefined) return inRelation ?? facts();
  index ??= buildIndex();
  const candidates =
    subject !== undefined
      ? index.bySubject.get(subject)
      : object !== undefined
        ? index.byObject.get(object)
        : [];
  return (candidates ?? []).filter(
    (fact) =>
      (object === undefined || fact.object === object) &&
      (query.relation === undefined || fact.relation === query.relation),
  );
}

function buildIndex(): FactIndex {
  const bySubject = new Map<string, Fact[]>();
  const byObject = new Map<string, Fact[]>();
  for (const fact of facts()) {
    append(bySubject, fact.subject, fact);
    append(byObject, fact.object, fact);
  }
  return { bySubject, byObject };
}

function append(map: Map<string, Fact[]>, key: string, fact: Fact): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [fact]);
  else list.push(fact);
}
