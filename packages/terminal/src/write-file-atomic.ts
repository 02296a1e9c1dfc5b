import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
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
      for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new SakeError('io', `writeFileAtomic: expected to write ${path}, got ${(cause as Error).message}`, { cause });
  }
}
