import type { Edit } from '@sakejs/spec';
import { formatTable } from '@sakejs/terminal';
import { openLibrary } from 'sakejs';
import { z } from 'zod';
import { libraryOptions, parseOptions, print } from './parse-options.js';

const schema = z.strictObject(libraryOptions);
const importSchema = z.strictObject({ ...libraryOptions, replace: z.boolean().default(false) });

function described(edit: Edit): Record<string, unknown> {
  const { id, kind, request, map, scope, provenance } = edit;
  return {
    id,
    kind,
    request,
    map: { kind: map.kind, dim: map.dim, settings: map.settings },
    scope: { kind: scope.kind, threshold: scope.threshold, settings: scope.settings },
    provenance,
  };
}

/** `sake edits list` */
export async function listEdits(raw: unknown): Promise<void> {
  const { library: directory, with: modules, json } = parseOptions(schema, raw, 'edits list');
  const library = await openLibrary(directory, { modules });
  const edits = library.list();
  const broken = library.broken.map(({ file, error }) => ({ file, message: error.message }));
  const table = formatTable(
    ['id', 'subject', 'true -> new', 'method', 'learned'],
    edits.map(({ id, request, provenance }) => [
      id,
      request.subject,
      `${request.targetTrue} -> ${request.targetNew}`,
      provenance.method,
      provenance.createdAt.slice(0, 19),
    ]),
  );
  print(
    json,
    { library: directory, edits: edits.map(described), broken },
    [
      edits.length === 0 ? `no edits in ${directory}` : table,
      ...broken.map(({ file, message }) => `broken: ${file}: ${message}`),
    ].join('\n'),
  );
}

/** `sake edits show` */
export async function showEdit(id: string, raw: unknown): Promise<void> {
  const { library: directory, with: modules } = parseOptions(schema, raw, 'edits show');
  const edit = (await openLibrary(directory, { modules })).get(id);
  process.stdout.write(`${JSON.stringify(described(edit), null, 2)}\n`);
}

/** `sake edits remove`: all ids are checked before one goes. */
export async function removeEdit(ids: readonly string[], raw: unknown): Promise<void> {
  const { library: directory, with: modules, json } = parseOptions(schema, raw, 'edits remove');
  const library = await openLibrary(directory, { modules });
  const broken = new Set(library.broken.map(({ id }) => id));
  for (const id of ids) if (!broken.has(id)) library.get(id);
  for (const id of new Set(ids)) await library.remove(id);
  print(json, { removed: ids, left: library.size }, `removed ${ids.join(', ')}; ${library.size} left`);
}

/** `sake edits export` */
export async function exportEdit(id: string, file: string, raw: unknown): Promise<void> {
  const { library: directory, with: modules, json } = parseOptions(schema, raw, 'edits export');
  await (await openLibrary(directory, { modules })).exportTo(id, file);
  print(json, { id, file }, `${id} written to ${file}`);
}

/** `sake edits import` */
export async function importEdit(files: readonly string[], raw: unknown): Promise<void> {
  const {
    library: directory,
    with: modules,
    json,
    replace,
  } = parseOptions(importSchema, raw, 'edits import');
  const library = await openLibrary(directory, { modules });
  const ids: string[] = [];
  for (const file of files) ids.push((await library.importFrom(file, { replace })).id);
  print(json, { imported: ids }, `imported ${ids.join(', ')} into ${directory}`);
}
