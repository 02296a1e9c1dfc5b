import { readFile } from 'node:fs/promises';
import { SakeError } from '@sakejs/spec';

/**
 * Reads a JSON object.
 *
 * @throws {SakeError} `not-found`, `invalid-file` or `io`, each naming the file.
 */
export async function readJsonObject(
  path: string,
  where: string,
): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SakeError(
      missing ? 'not-found' : 'io',
      `${where}: expected the file ${path}, got ${missing ? 'none of that name' : (cause as Error).message}`,
      { details: { file: path }, cause },
    );
  }
  let value: unknown;
  try {
    // Editors of some systems put a byte order mark in front.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw notAnObject(path, where, (cause as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notAnObject(path, where, 'another value');
  return value as Readonly<Record<string, unknown>>;
}

function notAnObject(path: string, where: string, got: string): SakeError {
  return new SakeError('invalid-file', `${where}: expected ${path} to hold a JSON object, got ${got}`, {
    details: { file: path },
  });
}
