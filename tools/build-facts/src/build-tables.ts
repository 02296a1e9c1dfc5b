import { relation, relations } from '@sakejs/facts';
import { readRecords, readRequests, resolveRequests } from './counterfact-requests.js';
import { lreRelations } from './lre-relations.js';
import { mergeStatements, type MergedTable } from './merge-statements.js';
import { collectSlots, readNeighbours } from './neighbours.js';
import type { Statement } from './statement.js';
import { readKnown, readLre, readTrex } from './triples.js';

/** The source files by their paths inside the data folder, with `/`. */
export interface SourceFolder {
  read(path: string): string;
  has(path: string): boolean;
}

/** Every table, and what could not be read. */
export interface BuiltTables {
  readonly tables: ReadonlyMap<string, MergedTable>;
  /** CounterFact requests whose relation is neither named nor certain. */
  readonly unresolvedRequests: number;
  /** Neighbourhood prompts whose subject is not certain. */
  readonly unreadNeighbours: number;
}

/** Reads every source and merges them into one table for each of {@link relations}. */
export function buildTables(data: SourceFolder): BuiltTables {
  const trex = readAllTrex(data);
  const known = new Set(trex.map(({ relation, subject, object }) => [relation, subject, object].join('\t')));
  const holds = (relation: string, subject: string, object: string): boolean =>
    known.has([relation, subject, object].join('\t'));
  const ids = relations().map(({ id }) => id);
  const recordsFile = 'counterfact/counterfact-dev.json';
  const records = readRecords(data.read(recordsFile), recordsFile);
  const requestsFile = 'counterfact/counterfact-requests.jsonl';
  const requests = [
    ...readRequests(data.read(requestsFile), requestsFile),
    ...records.map(({ request }) => request),
  ];
  const resolved = resolveRequests(requests, (subject, object) =>
    ids.filter((id) => holds(id, subject, object)),
  );
  const neighbours = readNeighbours(records, collectSlots(requests), holds);
  const knownFile = 'known_1000.json';
  const statements = [
    ...resolved.statements,
    ...trex,
    ...neighbours.statements,
    ...lreRelations.flatMap(([name, candidates]) => {
      const file = `lre_relations/factual/${name}.json`;
      return readLre(data.read(file), file, candidates, holds);
    }),
    ...readKnown(data.read(knownFile), knownFile),
  ];
  const byRelation = new Map(ids.map((id): [string, Statement[]] => [id, []]));
  for (const statement of statements) byRelation.get(relation(statement.relation).id)!.push(statement);
  return {
    tables: new Map([...byRelation].map(([id, list]) => [id, mergeStatements(list)])),
    unresolvedRequests: resolved.unresolved,
    unreadNeighbours: neighbours.unread,
  };
}

function readAllTrex(data: SourceFolder): Statement[] {
  return relations().flatMap(({ id }) => {
    const file = `pararel/trex_lms_vocab/${id}.jsonl`;
    return data.has(file) ? readTrex(data.read(file), file, id) : [];
  });
}
