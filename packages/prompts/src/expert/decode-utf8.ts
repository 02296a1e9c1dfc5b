import { SakeError } from '@sakejs/spec';

/**
 * The text of UTF-8 bytes; a byte order mark stays.
 *
 * @param name stands in errors, with the line.
 * @throws {SakeError} `invalid-file` for other bytes, which would silently become replacement characters.
 */
export function decodeUtf8(bytes: Uint8Array, name: string): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const line = firstBadLine(bytes);
    throw new SakeError(
      'invalid-file',
      `createExpertSource: expected UTF-8, got other bytes at ${name}:${line}; save the file as UTF-8`,
      { details: { file: name, line }, cause },
    );
  }
}

/** The first line that is not UTF-8, counted from 1: no character holds a line feed's byte, so each stands alone. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let line = 1, start = 0; ; line++) {
    const next = bytes.indexOf(0x0a, start);
    const end = next < 0 ? bytes.length : next;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    if (next < 0) return line;
    start = next + 1;
  }
}
