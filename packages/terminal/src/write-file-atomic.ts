import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { SakeError } from '@sakejs/spec';

/**
 * Writes a file whole or not at all: temporary file beside it, fsync, rename.
 *
 * @throws {SakeError} `io` when the folder cannot be written; the temporary file is removed.
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.partial`;
  try {
    const file = openSync(temporary, 'w');
    try {
      const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      for (let at = 0; at < data.length;) at += writeSync(file, data, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unwritable('writeFileAtomic', path, cause);
  }
}

/**
 * Checks that a file can be written later, before the work whose result it shall hold.
 *
 * @throws {SakeError} `io` when its folder is missing or closed, or the path is a folder.
 */
export function checkWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a folder');
  } catch (cause) {
    throw unwritable('checkWritable', path, cause);
  }
}

function unwritable(where: string, path: string, cause: unknown): SakeError {
  return new SakeError(
    'io',
    `${where}: expected to write ${path}, got ${(cause as Error).message}; choose a folder that exists and is open to writing`,
    { cause, details: { file: path } },
  );
}
