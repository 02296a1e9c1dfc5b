import { writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { EncodedPart } from '@sakejs/onnx';

/** A file of tensors that is filled in any order. */
export interface DataFile {
  /** Writes a part of the tensor that begins at `offset`. */
  write(part: EncodedPart, offset: number): Promise<void>;
  /** Flushes the file to the disk and closes it. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Creates a data file of a given size, all zeros at first. */
export async function createDataFile(path: string, size: number): Promise<DataFile> {
  const file = await open(path, 'wx');
  try {
    await file.truncate(size);
  } catch (cause) {
    await file.close();
    throw cause;
  }
  return {
    async write({ offset: within, width, stride, bytes }, offset) {
      const start = offset + within;
      if (width === stride || width === bytes.byteLength) return writeAll(file, bytes, start);
      // Thousands of short segments: a promise for each would take longer than the write.
      for (let at = 0, to = start; at < bytes.byteLength; at += width, to += stride)
        for (let done = 0; done < width;)
          done += writeSync(file.fd, bytes, at + done, width - done, to + done);
    },
    async finish() {
      await file.sync();
      await file.close();
    },
    close: () => file.close(),
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.byteLength - at, position + at);
    at += bytesWritten;
  }
}

/** Puts a part of a tensor into bytes in memory. */
export function fillPart(target: Uint8Array, { offset, width, stride, bytes }: EncodedPart): void {
  for (let at = 0, to = offset; at < bytes.byteLength; at += width, to += stride)
    target.set(bytes.subarray(at, at + width), to);
}
