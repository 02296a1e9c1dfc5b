import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SakeError } from '@sakejs/spec';

/** A file's bytes, undefined where there is none. @throws {SakeError} `io` that begins with `where`. */
export async function readKept(file: string, where: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw ioError(where, file, cause);
  }
}

/** Writes a file, and its folder where that is not there: whole or not at all. @throws {SakeError} `io`, as {@link readKept}. */
export async function writeKept(file: string, bytes: Uint8Array, where: string): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw ioError(where, file, cause);
  }
}

function ioError(where: string, file: string, cause: unknown): SakeError {
  return new SakeError('io', `${where}: ${file}: ${(cause as Error).message}`, { details: { file }, cause });
}
