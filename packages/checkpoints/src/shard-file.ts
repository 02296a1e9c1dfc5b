import { open, stat, type FileHandle } from 'node:fs/promises';
import {
  isSakeError,
  parseSafetensorsHeader,
  SakeError,
  safetensorsHeaderLength,
  type SafetensorsHeader,
} from '@sakejs/spec';

/** A safetensors file whose header has been read. */
export interface ShardFile {
  readonly path: string;
  readonly header: SafetensorsHeader;
  /** Where the tensors' bytes begin. */
  readonly start: number;
  /** Bytes [from, from + length) of the file. */
  read(from: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

const PREFIX = 8;

/**
 * Opens a safetensors file and reads its header, which must fit the file's size; tensors stay on the disk.
 *
 * @throws {SakeError} `invalid-file` for a damaged header or what is no file, `not-found` for a link to nothing, `io`;
 * each names the file.
 */
export async function openShard(path: string): Promise<ShardFile> {
  let file: FileHandle | undefined;
  try {
    const { size, isFile } = await describe(path);
    // Opening a pipe would wait for a writer.
    if (!isFile) throw failure('invalid-file', path, 'expected a file, got something else');
    file = await open(path, 'r');
    const read = readerOf(file, path);
    const length = safetensorsHeaderLength(await read(0, Math.min(PREFIX, size)), size);
    const start = PREFIX + length;
    const header = parseSafetensorsHeader(await read(PREFIX, length), size - start);
    const opened = file;
    return { path, header, start, read, close: () => opened.close() };
  } catch (cause) {
    await file?.close();
    if (isSakeError(cause) && cause.details['file'] === path) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw failure('not-found', path, 'expected a file, got a link to nothing; download it again', cause);
    throw failure(isSakeError(cause) ? cause.code : 'io', path, (cause as Error).message, cause);
  }
}

async function describe(path: string): Promise<{ size: number; isFile: boolean }> {
  const entry = await stat(path);
  return { size: entry.size, isFile: entry.isFile() };
}

function readerOf(file: FileHandle, path: string): ShardFile['read'] {
  return async (from, length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      let bytesRead: number;
      try {
        ({ bytesRead } = await file.read(bytes, at, length - at, from + at));
      } catch (cause) {
        throw failure('io', path, (cause as Error).message, cause);
      }
      if (bytesRead === 0)
        throw failure(
          'invalid-file',
          path,
          `expected ${length} bytes from ${from} on, got ${at}; the file shrank`,
        );
      at += bytesRead;
    }
    return bytes;
  };
}

function failure(code: SakeError['code'], path: string, what: string, cause?: unknown): SakeError {
  return new SakeError(code, `openCheckpoint: ${path}: ${what}`, { details: { file: path }, cause });
}
