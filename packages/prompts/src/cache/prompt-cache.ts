import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SakeError, type Json } from '@sakejs/spec';
import { sha256, type CacheKey } from './cache-key.js';

/** How much a cache holds. */
export interface CacheStats {
  readonly entries: number;
  /** Bytes of all entries. */
  readonly bytes: number;
}

/** What `prune` removed. */
export interface PrunedFiles {
  /** Entries whose content does not have its checksum. */
  readonly corrupt: number;
  /** Files of writers that were killed. */
  readonly unfinished: number;
}

/**
 * Completed model calls on disk, one file each, named by the SHA-256 of what was asked.
 *
 * Any number of processes may read and write one folder at once: a file appears whole or not at all.
 */
export interface PromptCache {
  readonly directory: string;
  /** The value under a key; undefined when there is none, or when its file is damaged. */
  get(key: CacheKey): Promise<Json | undefined>;
  /**
   * Keeps a value, in place of any earlier one.
   *
   * @throws {SakeError} `io` when it cannot be written.
   */
  set(key: CacheKey, value: Json): Promise<void>;
  /** Counts the entries, damaged ones included; reads directories, not files. */
  stats(): Promise<CacheStats>;
  /** Removes damaged entries, and what writers left behind over an hour ago. */
  prune(): Promise<PrunedFiles>;
}

const format = 'sakejs-prompt-cache/1';
const entryName = /^[0-9a-f]{64}\.json$/;
const unfinishedName = /^[0-9a-f]{64}\.[0-9a-f]+\.tmp$/;
/** Age at which a file of an unfinished write belongs to nobody any more, in ms. */
const abandonedAfter = 3_600_000;

/**
 * A cache in a folder, which is created with the first entry.
 *
 * A file holds a line with its format, key and checksum, then the value: cut-off, swapped and edited files count as
 * missing. Power failures may lose the last entries, never show a wrong one.
 */
export function createPromptCache(directory: string): PromptCache {
  const fileOf = (key: CacheKey): string => join(directory, key.slice(0, 2), `${key}.json`);
  return {
    directory,
    get: async (key) => {
      checkKey(key);
      return readEntry(fileOf(key), key);
    },
    set: async (key, value) => {
      checkKey(key);
      const file = fileOf(key);
      const temporary = join(directory, key.slice(0, 2), `${key}.${randomBytes(8).toString('hex')}.tmp`);
      try {
        await mkdir(join(directory, key.slice(0, 2)), { recursive: true });
        // Only its owner may read what was asked of a paid service.
        await writeFile(temporary, entryText(key, value), { flag: 'wx', mode: 0o600 });
        await rename(temporary, file);
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw new SakeError(
          'io',
          `cache: expected a writable folder ${JSON.stringify(directory)}, got ${(cause as Error).message}; check its rights and the free space`,
          { cause, details: { directory } },
        );
      }
    },
    stats: async () => {
      let entries = 0;
      let bytes = 0;
      for await (const file of filesOf(directory, entryName)) {
        const size = await sizeOf(file);
        if (size === undefined) continue;
        entries++;
        bytes += size;
      }
      return { entries, bytes };
    },
    prune: async () => {
      let corrupt = 0;
      let unfinished = 0;
      for await (const file of filesOf(directory, entryName)) {
        if ((await readEntry(file, file.slice(-69, -5))) !== undefined) continue;
        await rm(file, { force: true });
        corrupt++;
      }
      for await (const file of filesOf(directory, unfinishedName)) {
        const age = await stat(file).then(
          ({ mtimeMs }) => Date.now() - mtimeMs,
          () => 0,
        );
        if (age < abandonedAfter) continue;
        await rm(file, { force: true });
        unfinished++;
      }
      return { corrupt, unfinished };
    },
  };
}

function checkKey(key: CacheKey): void {
  if (!/^[0-9a-f]{64}$/.test(key))
    throw new SakeError(
      'invalid-input',
      `cache: expected a key of 64 hexadecimal digits, got ${JSON.stringify(key)}`,
    );
}

function entryText(key: CacheKey, value: Json): string {
  const body = JSON.stringify(value);
  return `${JSON.stringify({ format, key, sha256: sha256(`${key}\n${body}`) })}\n${body}\n`;
}

async function readEntry(file: string, key: CacheKey): Promise<Json | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SakeError(
      'io',
      `cache: expected a readable file, got ${(cause as Error).message}; check its rights`,
      {
        cause,
        details: { file },
      },
    );
  }
  const end = text.indexOf('\n');
  const body = text.slice(end + 1, -1);
  if (end < 0 || !text.endsWith('\n')) return undefined;
  const expected = JSON.stringify({ format, key, sha256: sha256(`${key}\n${body}`) });
  return text.slice(0, end) === expected ? (JSON.parse(body) as Json) : undefined;
}

/** Files of a cache with fit names; what vanishes meanwhile is passed over. */
async function* filesOf(directory: string, name: RegExp): AsyncGenerator<string> {
  for (const shard of await namesIn(directory)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue;
    for (const file of await namesIn(join(directory, shard)))
      if (name.test(file)) yield join(directory, shard, file);
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new SakeError('io', `cache: expected a readable folder, got ${message}; check its rights`, {
      cause,
      details: { directory },
    });
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch {
    return undefined;
  }
}
