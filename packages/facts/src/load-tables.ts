import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SakeError } from '@sakejs/spec';
import type { Fact } from './fact.js';
import { relation, relations } from './relations.js';
import { parseTable } from './table-format.js';

const tables = new Map<string, readonly Fact[]>();
let hash: string | undefined;

/** `src/` and `dist/` both lie beside `tables/`. */
function readTable(id: string): string {
  const file = fileURLToPath(new URL(`../tables/${id}.tsv`, import.meta.url));
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SakeError(
      'io',
      `readTable: expected a readable fact table at ${file}, got ${(cause as Error).message}; reinstall @sakejs/facts`,
      { cause, details: { file } },
    );
  }
}

/** One relation's facts, by subject; the file is read once. */
export function loadTable(id: string): readonly Fact[] {
  let table = tables.get(relation(id).id);
  if (table === undefined) {
    const rows = parseTable(readTable(id), `tables/${id}.tsv`);
    table = Object.freeze(
      rows.map((row) => Object.freeze({ relation: id, ...row, sources: Object.freeze(row.sources) })),
    );
    tables.set(id, table);
  }
  return table;
}

/** SHA-256 in hexadecimal over every table's id and bytes, in the order of {@link relations}: names the data in provenance. */
export function tablesHash(): string {
  if (hash === undefined) {
    const digest = createHash('sha256');
    for (const { id } of relations()) digest.update(`${id}\n`).update(readTable(id), 'utf8');
    hash = digest.digest('hex');
  }
  return hash;
}
