import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Edit, isSakeError, SakeError } from '@sakejs/spec';
import { codeOf, ioError, removeFile, writeFileAtomically } from './atomic-file.js';
import { decodeEdit, encodeEdit } from './edit-file.js';
import type { EditLoaders } from './edit-format.js';
import { type AddOptions, createEditLibrary, type EditLibrary, missing, taken } from './edit-library.js';
import { invalid } from './edit-metadata.js';

/** A file in a library's folder that could not be loaded. */
export interface BrokenEdit {
  /** The file's name without `.safetensors`; `remove` takes it. */
  readonly id: string;
  readonly file: string;
  readonly error: SakeError;
}

/** A library kept in a folder, one file an edit. */
export interface DiskEditLibrary extends EditLibrary {
  readonly directory: string;
  /** Files that could not be loaded when the library was opened and have not been removed or replaced since. */
  readonly broken: readonly BrokenEdit[];
  /** Copies an edit's file, after checking it. @throws {SakeError} `not-found`, `already-exists`, `io`. */
  exportTo(id: string, file: string, options?: AddOptions): Promise<void>;
  /** Adds the edit of a file, byte for byte, after checking it. @throws {SakeError} as {@link EditLibrary.add}. */
  importFrom(file: string, options?: AddOptions): Promise<Edit>;
}

export interface OpenLibraryOptions extends EditLoaders {
  /** Throw for the first file that cannot be loaded, instead of listing it under `broken`. Default false. */
  readonly strict?: boolean;
}

const EXTENSION = '.safetensors';

/**
 * Opens the library in a folder; one that does not exist is empty, and is made by the first `add`.
 *
 * Each edit is one file, `<id>.safetensors`, written whole or not at all; no other file is ever touched, so
 * several processes may add different edits at once. What another process adds is seen when the library is opened
 * again.
 *
 * @throws {SakeError} `io` when the folder cannot be read; with `strict`, what {@link decodeEdit} throws.
 */
export async function openEditLibrary(
  directory: string,
  options: OpenLibraryOptions,
): Promise<DiskEditLibrary> {
  const memory = createEditLibrary();
  let broken: readonly BrokenEdit[] = [];
  for (const name of await editFiles(directory)) {
    const file = join(directory, name);
    const id = basename(name, EXTENSION);
    try {
      const edit = await readEditFile(file, options);
      if (edit.id !== id) throw invalid(file, `the file name ${edit.id}${EXTENSION}, got ${name}`);
      await memory.add(edit);
    } catch (error) {
      if (options.strict === true || !isSakeError(error)) throw error;
      broken = [...broken, { id, file, error }];
    }
  }

  const pathOf = (id: string): string => join(directory, id + EXTENSION);
  const inTurn = createQueue();
  const store = async (edit: Edit, bytes: Uint8Array, { replace = false }: AddOptions): Promise<void> => {
    if (!replace && memory.has(edit.id)) throw taken(edit);
    await writeFileAtomically(pathOf(edit.id), bytes, { replace });
    await memory.add(edit, { replace: true });
    broken = broken.filter(({ id }) => id !== edit.id);
  };

  return {
    directory,
    get size() {
      return memory.size;
    },
    get broken() {
      return broken;
    },
    has: memory.has,
    get: memory.get,
    list: memory.list,
    add: (edit, addOptions = {}) =>
      inTurn(async () => {
        const bytes = encodeEdit(edit, options);
        decodeEdit(bytes, options, pathOf(edit.id));
        await store(edit, bytes, addOptions);
      }),
    remove: (id) =>
      inTurn(async () => {
        const isBroken = broken.some((entry) => entry.id === id);
        if (!isBroken && !memory.has(id)) missing(id, 'remove', memory.size);
        await removeFile(pathOf(id));
        broken = broken.filter((entry) => entry.id !== id);
        if (memory.has(id)) await memory.remove(id);
      }),
    exportTo: (id, file, { replace = false } = {}) =>
      inTurn(async () => {
        memory.get(id);
        const bytes = await readBytes(pathOf(id));
        decodeEdit(bytes, options, pathOf(id));
        await writeFileAtomically(file, bytes, { replace });
      }),
    importFrom: (file, addOptions = {}) =>
      inTurn(async () => {
        const bytes = await readBytes(file);
        const edit = decodeEdit(bytes, options, file);
        await store(edit, bytes, addOptions);
        return edit;
      }),
  };
}

/**
 * Reads one edit file.
 *
 * @throws {SakeError} `not-found` or `io` when it cannot be read, and what {@link decodeEdit} throws.
 */
export async function readEditFile(file: string, loaders: EditLoaders): Promise<Edit> {
  return decodeEdit(await readBytes(file), loaders, file);
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT')
      throw new SakeError('not-found', `reading ${file}: expected an edit file, got none`, {
        details: { file },
        cause,
      });
    throw ioError(`reading ${file}`, cause);
  }
}

/** Names of a folder's edit files; temporary files of unfinished writes are hidden and left out. */
async function editFiles(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => name.endsWith(EXTENSION) && !name.startsWith('.')).sort();
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw ioError(`opening the library ${directory}`, cause);
  }
}

/** Runs tasks one after another, whether or not earlier ones failed. */
function createQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
