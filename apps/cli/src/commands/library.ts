import { modelMismatch, type DiskEditLibrary } from '@sakejs/editor';
import { SakeError, type Edit, type ModelInfo } from '@sakejs/spec';
import { openLibrary } from 'sakejs';
import { note, type CommandContext } from './command-context.js';

/** An edit or a file that could not be used, and why. */
export interface LeftOut {
  readonly id: string;
  readonly message: string;
}

export interface LibraryFlags {
  readonly library: string;
  readonly with: readonly string[];
}

/** Opens the library and tells of the files in it that cannot be read; they do not stop the others. */
export async function openReportingBroken(
  { library: directory, with: modules }: LibraryFlags,
  context: CommandContext,
): Promise<DiskEditLibrary> {
  const library = await openLibrary(directory, { modules });
  for (const { file, error } of library.broken)
    note(context, `warning: ${file} is left out: ${error.message}`);
  return library;
}

/** The files that could not be read, as results list them. */
export function brokenOf(library: DiskEditLibrary): LeftOut[] {
  return library.broken.map(({ id, error }) => ({ id, message: error.message }));
}

/** The edits that were learned on this model; tells of the others, which are left out. */
export function usableEdits(
  library: DiskEditLibrary,
  info: ModelInfo,
  context: CommandContext,
): { readonly edits: readonly Edit[]; readonly leftOut: readonly LeftOut[] } {
  const edits: Edit[] = [];
  const leftOut = brokenOf(library);
  for (const edit of library.list()) {
    const mismatch = modelMismatch(edit, info);
    if (mismatch === undefined) edits.push(edit);
    else {
      leftOut.push({ id: edit.id, message: mismatch.message });
      note(context, `warning: ${edit.id} is left out: ${mismatch.message}`);
    }
  }
  return { edits, leftOut };
}

/** The edit of that id. @throws {SakeError} `not-found`, or why its file could not be read. */
export function findEdit(library: DiskEditLibrary, id: string): Edit {
  if (library.has(id)) return library.get(id);
  throw library.broken.find((entry) => entry.id === id)?.error ?? unknownEdit(library, id);
}

export function unknownEdit(library: DiskEditLibrary, id: string): SakeError {
  return new SakeError(
    'not-found',
    `sake edits: expected the id of one of the ${library.size} edits in ${library.directory}, got ${JSON.stringify(id)}; sake edits list shows them`,
    { details: { id, library: library.directory } },
  );
}
