import { readFileSync } from 'node:fs';
import { SakeError } from '@sakejs/spec';

/**
 * The value of a JSON file.
 *
 * @throws {SakeError} `not-found` where there is no such file, `io` where it cannot be read, `invalid-file` where it is not JSON.
 */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    throw new SakeError(
      code === 'ENOENT' ? 'not-found' : 'io',
      `readJson: expected a file that can be read, got ${code} for ${path}`,
      { cause, details: { path } },
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new SakeError(
      'invalid-file',
      `readJson: expected JSON in ${path}, got text that is none: ${message}`,
      {
        cause,
        details: { path },
      },
    );
  }
}
