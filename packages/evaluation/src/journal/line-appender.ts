import type { FileHandle } from 'node:fs/promises';
import { SakeError } from '@sakejs/spec';
import { ioError } from './journal-error.js';
import { encodeLine, type LineHead } from './journal-line.js';
import type { LinePlace } from './scan-journal.js';

/** When lines are flushed to disk: each on its own, or all that wait at once. */
export type JournalSync = 'always' | 'batch';

/** Appends lines, one after another, each on disk when its promise is fulfilled. */
export interface LineAppender {
  append(key: string, value: string): Promise<LinePlace>;
  /** Waits for what was appended, whether or not it could be. */
  settle(): Promise<void>;
}

interface Waiting {
  readonly key: string;
  readonly value: string;
  readonly resolve: (place: LinePlace) => void;
  readonly reject: (error: unknown) => void;
}

/** Most UTF-16 code units of values in one write. */
const BATCH_LENGTH = 2 ** 24;

/**
 * Appends behind the last whole line of a file that is open for appending.
 *
 * After a write that failed, what is on disk is unknown, so every later one is refused until the file is opened anew.
 */
export function createLineAppender(
  file: string,
  handle: FileHandle,
  begin: { readonly end: number; readonly last: Pick<LineHead, 'sum' | 'sequence'> },
  sync: JournalSync,
): LineAppender {
  let { end } = begin;
  let { sum, sequence } = begin.last;
  let failure: SakeError | undefined;
  let running: Promise<void> | undefined;
  const waiting: Waiting[] = [];

  const write = async (batch: readonly Waiting[]): Promise<LinePlace[]> => {
    if (failure !== undefined)
      throw new SakeError(
        'io',
        `journal ${file}: expected no earlier failure, got one; open the journal again`,
        {
          cause: failure,
        },
      );
    await checkUntouched(file, handle, end);
    const places: LinePlace[] = [];
    const lines: Buffer[] = [];
    for (const { key, value } of batch) {
      const line = encodeLine({ sequence: sequence + 1, previous: sum, key, value });
      places.push({ offset: end, length: line.bytes.length - 1 });
      lines.push(line.bytes);
      ({ sum } = line);
      sequence++;
      end += line.bytes.length;
    }
    await writeWhole(handle, lines.length === 1 ? lines[0]! : Buffer.concat(lines));
    await handle.datasync();
    return places;
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = takeBatch(waiting, sync);
      try {
        const places = await write(batch);
        batch.forEach(({ resolve }, at) => resolve(places[at]!));
      } catch (cause) {
        const error = cause instanceof SakeError ? cause : ioError(`writing ${file}`, cause);
        failure ??= error;
        for (const { reject } of batch) reject(error);
      }
    }
    running = undefined;
  };

  return {
    append: (key, value) =>
      new Promise((resolve, reject) => {
        waiting.push({ key, value, resolve, reject });
        // A turn later, so that what is put at once is written at once.
        running ??= Promise.resolve().then(drain);
      }),
    settle: async () => running,
  };
}

function takeBatch(waiting: Waiting[], sync: JournalSync): Waiting[] {
  let count = 1;
  let length = waiting[0]!.value.length;
  if (sync === 'batch')
    while (count < waiting.length && (length += waiting[count]!.value.length) <= BATCH_LENGTH) count++;
  return waiting.splice(0, count);
}

async function writeWhole(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
}

/** Notices a file that was removed, replaced or written to by something else meanwhile. */
async function checkUntouched(file: string, handle: FileHandle, end: number): Promise<void> {
  const { size, nlink } = await handle.stat();
  if (nlink > 0 && size === end) return;
  throw new SakeError(
    'io',
    `journal ${file}: expected the file of ${end} bytes as this process left it, got ${nlink === 0 ? 'one that was removed' : `${size} bytes`}; let nothing else write there, and open the journal again`,
    { details: { file } },
  );
}
