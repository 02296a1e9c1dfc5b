import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { SakeError } from '@sakejs/spec';

/** Bytes read at once: what memory holds of a file beside one record. */
const chunkSize = 64 * 1024;

const unreadable = (where: string, path: string, cause: unknown): SakeError =>
  new SakeError(
    'not-found',
    `${where}: expected a file of records at ${path}, got none that can be read (${(cause as Error).message})`,
    { cause, details: { file: path } },
  );

/**
 * A file part by part; a part is only valid until the next one is asked for.
 *
 * @throws {SakeError} `not-found` when the file cannot be read.
 */
export function* fileChunks(path: string, where: string): Generator<Uint8Array, void> {
  const buffer = new Uint8Array(chunkSize);
  let file: number | undefined;
  try {
    file = attempt(() => openSync(path, 'r'));
    for (;;) {
      const read = attempt(() => readSync(file!, buffer));
      if (read === 0) return;
      yield buffer.subarray(0, read);
    }
  } finally {
    if (file !== undefined) closeSync(file);
  }

  function attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw unreadable(where, path, cause);
    }
  }
}

/** As {@link fileChunks}, without blocking. */
export async function* streamFileChunks(path: string, where: string): AsyncGenerator<Uint8Array, void> {
  const parts = createReadStream(path, { highWaterMark: chunkSize })[
    Symbol.asyncIterator
  ]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const part = await parts.next().catch((cause: unknown) => {
        throw unreadable(where, path, cause);
      });
      if (part.done === true) return;
      yield part.value;
    }
  } finally {
    await parts.return?.();
  }
}

/** Bytes in memory, part by part. */
export function* byteChunks(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
}
