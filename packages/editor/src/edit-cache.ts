import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Edit, isSakeError, SakeError } from '@sakejs/spec';
import { codeOf, ioError, writeFileAtomically } from './atomic-file.js';
import { readEditFile } from './edit-directory.js';
import { encodeEdit } from './edit-file.js';
import type { EditLoaders } from './edit-format.js';

export interface OpenEditCacheOptions extends EditLoaders {
  /** Most bytes of edit files kept. */
  readonly maxBytes: number;
}

/** Learned edits on disk, filed under what they were learned from. */
export interface EditCache {
  readonly directory: string;
  readonly maxBytes: number;
  /**
   * The edit of a key; undefined when there is none. A damaged file counts as none and is removed.
   *
   * @throws {SakeError} `invalid-input` for a key that is no digest, `unknown-kind` when no loader reads it, `io`.
   */
  get(key: string): Promise<Edit | undefined>;
  /**
   * Keeps an edit, in place of any earlier one, and drops those used least recently to make room for it. One larger
   * than the whole cache is not kept.
   *
   * @throws {SakeError} as {@link encodeEdit}; `invalid-input` for a key that is no digest; `io`.
   */
  put(key: string, edit: Edit): Promise<void>;
}

interface CachedFile {
  readonly file: string;
  readonly bytes: number;
  /** Last use, in ms. */
  readonly used: number;
}

const entryName = /^[0-9a-f]{64}\.safetensors$/;
const unfinishedName = /^\.[0-9a-f]{64}\.safetensors\.[0-9a-f-]+\.tmp$/;
/** Age at which the file of an unfinished write belongs to nobody any more, in ms. */
const ABANDONED_AFTER = 3_600_000;
/** Share of `maxBytes` after which the folder is looked through again for what other processes added. */
const SHARE_BETWEEN_SCANS = 1 / 16;

/**
 * A cache of edits in a folder, which is made by the first `put`: one edit file a key, `<key>.safetensors`.
 *
 * A key is a SHA-256 (64 hexadecimal digits) over everything that learning depends on, versions included. Files appear
 * whole or not at all, so any number of processes may share a folder; together they may exceed `maxBytes` by a
 * sixteenth each until one of them looks again. A file's time of change is the time of its last use.
 *
 * @throws {SakeError} `invalid-option` when `maxBytes` is not above 0.
 */
export function openEditCache(directory: string, options: OpenEditCacheOptions): EditCache {
  const { maxBytes, ...loaders } = options;
  if (!(maxBytes > 0))
    throw new SakeError(
      'invalid-option',
      `openEditCache: expected maxBytes above 0, got ${String(maxBytes)}`,
    );
  const fileOf = (key: string): string => {
    if (!/^[0-9a-f]{64}$/.test(key))
      throw new SakeError(
        'invalid-input',
        `edit cache: expected a key of 64 hexadecimal digits, got ${JSON.stringify(key)}`,
      );
    return join(directory, `${key}.safetensors`);
  };
  /** Bytes held as far as is known, and bytes written since the folder was last looked through. */
  let held = Infinity;
  let sinceScan = 0;
  let inTurn: Promise<void> = Promise.resolve();

  /** Drops what was used least recently until `room` bytes are free. */
  const makeRoom = async (room: number): Promise<void> => {
    const due = held + room > maxBytes || sinceScan + room > maxBytes * SHARE_BETWEEN_SCANS;
    if (due) {
      const files = await cachedFiles(directory);
      held = files.reduce((sum, { bytes }) => sum + bytes, 0);
      sinceScan = 0;
      for (const { file, bytes } of files) {
        if (held + room <= maxBytes) break;
        await remove(file);
        held -= bytes;
      }
    }
    held += room;
    sinceScan += room;
  };

  return {
    directory,
    maxBytes,
    async get(key) {
      const file = fileOf(key);
      try {
        const edit = await readEditFile(file, loaders);
        const now = new Date();
        // Another process may have dropped it meanwhile, or the folder may be read-only.
        await utimes(file, now, now).catch(() => undefined);
        return edit;
      } catch (error) {
        if (!isSakeError(error)) throw error;
        if (error.code === 'invalid-file') await remove(file);
        else if (error.code !== 'not-found' && error.code !== 'unsupported') throw error;
        return undefined;
      }
    },
    async put(key, edit) {
      const file = fileOf(key);
      const bytes = encodeEdit(edit, loaders);
      const written = inTurn.then(async () => {
        if (bytes.byteLength > maxBytes) return remove(file);
        await makeRoom(bytes.byteLength);
        await writeFileAtomically(file, bytes, { replace: true });
      });
      inTurn = written.catch(() => undefined);
      return written;
    },
  };
}

/** The cache's files, least recently used first; removes what writers that were killed left long ago. */
async function cachedFiles(directory: string): Promise<CachedFile[]> {
  const files: CachedFile[] = [];
  for (const name of await namesIn(directory)) {
    const unfinished = unfinishedName.test(name);
    if (!unfinished && !entryName.test(name)) continue;
    const file = join(directory, name);
    const found = await stat(file).catch(() => undefined); // dropped meanwhile
    if (found === undefined) continue;
    if (!unfinished) files.push({ file, bytes: found.size, used: found.mtimeMs });
    else if (Date.now() - found.mtimeMs > ABANDONED_AFTER) await remove(file);
  }
  return files.sort((a, b) => a.used - b.used || (a.file < b.file ? -1 : 1));
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw ioError(`reading ${directory}`, cause);
  }
}

/** Removes a file without flushing the folder: one that a power failure brings back does no harm. */
async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch((cause: unknown) => {
    throw ioError(`removing ${file}`, cause);
  });
}
