import { open, type FileHandle } from 'node:fs/promises';
import { codeOf, ioError } from './atomic-file.js';
import { FRAME_BYTES, frameBytes, readFrameHead, type FrameHead } from './activation-frame.js';

/** A frame and where it begins in its file. */
export interface FramePlace extends FrameHead {
  readonly offset: number;
}

const WINDOW_BYTES = 2 ** 16;

/**
 * The frames of a segment file from a position on, up to the first that is not whole, and the end of the last.
 *
 * Reads heads only; values are checked when they are asked for. A file that is gone has no frames.
 *
 * @throws {SakeError} `io`.
 */
export async function scanSegment(
  file: string,
  from: number,
): Promise<{ readonly frames: FramePlace[]; readonly end: number }> {
  const frames: FramePlace[] = [];
  let end = from;
  await withFile(file, 'r', async (handle) => {
    const { size } = await handle.stat();
    const window = Buffer.allocUnsafe(WINDOW_BYTES);
    let start = 0;
    let filled = 0;
    while (end + FRAME_BYTES <= size) {
      if (end < start || end + FRAME_BYTES > start + filled) {
        start = end;
        filled = (await handle.read(window, 0, WINDOW_BYTES, start)).bytesRead;
        if (filled < FRAME_BYTES) return;
      }
      const head = readFrameHead(window.subarray(end - start, end - start + FRAME_BYTES));
      if (head === undefined || end + frameBytes(head) > size) return;
      frames.push({ ...head, offset: end });
      end += frameBytes(head);
    }
  });
  return { frames, end };
}

/** Bytes of a segment file; undefined when it is gone or shorter. @throws {SakeError} `io`. */
export async function readSegment(file: string, offset: number, length: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length);
  return withFile(file, 'r', async (handle) => {
    for (let at = 0; at < length;) {
      const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) return undefined;
      at += bytesRead;
    }
    return bytes;
  });
}

/** Appends to a segment file and gives the position at which it did. @throws {SakeError} `io`. */
export async function appendSegment(file: string, bytes: Buffer): Promise<number> {
  return (await withFile(file, 'a', async (handle) => {
    const { size } = await handle.stat();
    await handle.writeFile(bytes);
    return size;
  }))!;
}

async function withFile<T>(
  file: string,
  flags: 'r' | 'a',
  use: (handle: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, flags);
    return await use(handle);
  } catch (cause) {
    if (flags === 'r' && codeOf(cause) === 'ENOENT') return undefined;
    throw ioError(`${flags === 'r' ? 'reading' : 'writing'} ${file}`, cause);
  } finally {
    await handle?.close();
  }
}
