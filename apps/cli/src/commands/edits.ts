import { readEditFile } from '@sakejs/editor';
import { SakeError } from '@sakejs/spec';
import { formatTable } from '@sakejs/terminal';
import { editLoaders } from 'sakejs';
import { z } from 'zod';
import { print, type CommandContext } from './command-context.js';
import { describedEdit, editText } from './described-edit.js';
import { brokenOf, findEdit, openReportingBroken, unknownEdit } from './library.js';
import { libraryOptions, parseOptions, replaceOption } from './options.js';

const schema = z.strictObject(libraryOptions);
const replacingSchema = z.strictObject({ ...libraryOptions, ...replaceOption });

/** `sake edits list` */
export async function listEdits(raw: unknown, context: CommandContext): Promise<void> {
  const options = parseOptions(schema, raw, 'edits list');
  const library = await openReportingBroken(options, context);
  const edits = library.list();
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
    context,
    options.json,
    { library: options.library, edits: edits.map(describedEdit), broken: brokenOf(library) },
    edits.length === 0 ? `no edits in ${options.library}` : table,
  );
}

/** `sake edits show` */
export async function showEdit(id: string, raw: unknown, context: CommandContext): Promise<void> {
  const options = parseOptions(schema, raw, 'edits show');
  const edit = findEdit(await openReportingBroken(options, context), id);
  print(context, options.json, describedEdit(edit), editText(edit));
}

/** `sake edits remove`: all ids are checked before one goes; a broken file's id is taken too. */
export async function removeEdits(
  ids: readonly string[],
  raw: unknown,
  context: CommandContext,
): Promise<void> {
  const options = parseOptions(schema, raw, 'edits remove');
  const library = await openReportingBroken(options, context);
  const wanted = [...new Set(ids)];
  const isThere = (id: string): boolean => library.has(id) || library.broken.some((entry) => entry.id === id);
  for (const id of wanted) if (!isThere(id)) throw unknownEdit(library, id);
  for (const id of wanted) await library.remove(id);
  print(
    context,
    options.json,
    { library: options.library, removed: wanted, left: library.size },
    `removed ${wanted.join(', ')}; ${library.size} left`,
  );
}

/** `sake edits export` */
export async function exportEdit(
  id: string,
  file: string,
  raw: unknown,
  context: CommandContext,
): Promise<void> {
  const options = parseOptions(replacingSchema, raw, 'edits export');
  const library = await openReportingBroken(options, context);
  await library.exportTo(findEdit(library, id).id, file, { replace: options.replace });
  print(context, options.json, { id, file }, `${id} written to ${file}`);
}

/** `sake edits import`: all files are checked before one is taken in. */
export async function importEdits(
  files: readonly string[],
  raw: unknown,
  context: CommandContext,
): Promise<void> {
  const options = parseOptions(replacingSchema, raw, 'edits import');
  const library = await openReportingBroken(options, context);
  const loaders = await editLoaders(options.with);
  const ids = new Set<string>();
  for (const file of files) {
    const { id } = await readEditFile(file, loaders);
    if (ids.has(id) || (library.has(id) && !options.replace))
      throw new SakeError(
        'already-exists',
        `sake edits import: expected edits that ${options.library} lacks, got ${id} again in ${file}; ${ids.has(id) ? 'name one file of it' : '--replace replaces it'}`,
        { details: { id, file } },
      );
    ids.add(id);
  }
  for (const file of files) await library.importFrom(file, { replace: options.replace });
  print(
    context,
    options.json,
    { library: options.library, imported: [...ids] },
    `imported ${[...ids].join(', ')} into ${options.library}`,
  );
}
