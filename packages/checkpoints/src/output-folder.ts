import { mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { isSakeError, SakeError } from '@sakejs/spec';

/** A folder that appears whole or not at all. */
export interface OutputFolder {
  /** Where its files are written until then. */
  readonly temporary: string;
  /** Puts it in its place; a folder that was there is removed. */
  commit(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/**
 * Prepares a folder beside `path`, to be renamed to it.
 *
 * @throws {SakeError} `already-exists` for a folder with files unless `replace` is set; `invalid-option` for a path
 *   that holds `source`, or for replacing what is no model's folder; `io`.
 */
export async function prepareOutput(path: string, source: string, replace: boolean): Promise<OutputFolder> {
  // A link stays what it is; its target is replaced.
  const target = await realpath(path).catch(() => resolve(path));
  const existing = await namesIn(target);
  if (isWithin(await realpath(source), target))
    throw new SakeError(
      'invalid-option',
      `convertCheckpoint: expected an output folder that does not hold the checkpoint, got ${path}`,
      { details: { folder: path } },
    );
  if (existing !== undefined && existing.length > 0) {
    if (!replace)
      throw new SakeError(
        'already-exists',
        `convertCheckpoint: expected a new or empty folder, got ${path} with ${existing.length} entries; choose another or replace it`,
        { details: { folder: path } },
      );
    if (!existing.includes('config.json'))
      throw new SakeError(
        'invalid-option',
        `convertCheckpoint: expected to replace a model's folder, got ${path} without config.json; remove it by hand`,
        { details: { folder: path } },
      );
  }
  const temporary = `${target}.${process.pid}.partial`;
  await asIo(path, async () => {
    await mkdir(dirname(target), { recursive: true });
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary);
  });
  return {
    temporary,
    commit: () => asIo(path, () => putInPlace(temporary, target, existing !== undefined)),
    discard: () => rm(temporary, { recursive: true, force: true }),
  };
}

async function putInPlace(temporary: string, target: string, exists: boolean): Promise<void> {
  if (!exists) return rename(temporary, target);
  const old = `${target}.${process.pid}.old`;
  await rename(target, old);
  try {
    await rename(temporary, target);
  } catch (cause) {
    await rename(old, target);
    throw cause;
  }
  await rm(old, { recursive: true, force: true });
}

/** Names in a folder; undefined where there is nothing. */
async function namesIn(path: string): Promise<string[] | undefined> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) return undefined;
  if (entry.isDirectory()) return readdir(path);
  throw new SakeError('already-exists', `convertCheckpoint: expected a folder, got the file ${path}`, {
    details: { folder: path },
  });
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Failures of the file system as typed errors. */
export async function asIo<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (typeof (cause as NodeJS.ErrnoException).code !== 'string' || isSakeError(cause)) throw cause;
    throw new SakeError(
      'io',
      `convertCheckpoint: expected to write ${path}, got ${(cause as Error).message}`,
      {
        details: { file: path },
        cause,
      },
    );
  }
}
