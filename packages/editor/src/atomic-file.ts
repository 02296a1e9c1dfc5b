import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SakeError } from '@sakejs/spec';

/**
 * Writes a file so that readers see all of it or none, also after a crash.
 *
 * The bytes go to a hidden temporary file beside it, are flushed to disk, and then take the name in one step:
 * by rename with `replace`, by hard link without, which never overwrites what another process just wrote.
 *
 * @throws {SakeError} `already-exists` without `replace` when the name is taken, `io` for what the disk refuses.
 */
export async function writeFileAtomically(
  file: string,
  bytes: Uint8Array,
  options: { readonly replace: boolean },
): Promise<void> {
  const folder = dirname(file);
  const temporary = join(folder, `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (options.replace) await rename(temporary, file);
    else await link(temporary, file);
    await syncFolder(folder);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST')
      throw new SakeError(
        'already-exists',
        `writing ${file}: expected no such file, got one; pass \`replace: true\` to replace it`,
        { details: { file }, cause },
      );
    throw ioError(`writing ${file}`, cause);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Removes a file and flushes its folder; one that is gone already is fine.
 *
 * @throws {SakeError} `io` for what the disk refuses.
 */
export async function removeFile(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
    await syncFolder(dirname(file));
  } catch (cause) {
    throw ioError(`removing ${file}`, cause);
  }
}

/** An `io` error for what the system answered. */
export function ioError(doing: string, cause: unknown): SakeError {
  return new SakeError(
    'io',
    `${doing}: expected the file system to allow it, got ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}

/** The system's error code, e.g. `ENOENT`. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Flushes a folder's list of names; Windows offers no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
