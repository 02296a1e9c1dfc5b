import { hubError } from './hub-failure.js';

/**
 * Checks that a name from a repository's listing stays inside the folder that it is put in, on any system.
 *
 * @throws {SakeError} `invalid-file` for absolute names, `.` and `..`, backslashes, drives, control characters.
 */
export function checkFileName(path: string, repository: string): void {
  const inside = path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
  if (inside && path.length <= 1024 && !/[\\\p{Cc}]|^[A-Za-z]:/u.test(path)) return;
  throw hubError(
    'answer',
    `expected file names inside ${repository}, got ${JSON.stringify(path.slice(0, 200))}; nothing of it is downloaded`,
    { path },
  );
}
