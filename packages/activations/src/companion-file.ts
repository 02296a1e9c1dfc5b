import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SakeError } from '@sakejs/spec';

/** A file that describes a graph, read. */
export interface CompanionFile {
  /** Where it was. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads a file from the first of the folders that has one of that name.
 *
 * @returns undefined where none has.
 * @throws {SakeError} `io` for a file that cannot be read.
 */
export async function readCompanion(
  folders: readonly string[],
  name: string,
): Promise<CompanionFile | undefined> {
  for (const folder of folders) {
    const file = join(folder, name);
    try {
      return { file, bytes: await readFile(file) };
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      throw new SakeError('io', `loadCausalLM: cannot read ${file}: ${message}`, {
        details: { file },
        cause,
      });
    }
  }
  return undefined;
}
