import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { decodeUtf8 } from './decode-utf8.js';
import { expertFormatOf, type ExpertFile, type ExpertFormat } from './expert-file.js';
import { parseExpertFile } from './parse-expert-file.js';

/**
 * Reads a file of prompts with everything that is wrong with it ({@link parseExpertFile}).
 *
 * @throws {SakeError} `not-found` for a missing file, `io` for one that cannot be read, `invalid-file` with the line of
 * bytes that are not UTF-8, `invalid-option` for an unknown file ending.
 */
export function readExpertFile(path: string, format: ExpertFormat = expertFormatOf(path)): ExpertFile {
  const name = basename(path);
  return parseExpertFile(decodeUtf8(readBytes(path), name), format, name);
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SakeError(
      missing ? 'not-found' : 'io',
      `createExpertSource: expected a readable file, got ${(cause as Error).message}; check the path`,
      { cause, details: { file } },
    );
  }
}
