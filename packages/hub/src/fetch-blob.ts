import { constants } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isSakeError } from '@sakejs/spec';
import { fileSize } from './cache-layout.js';
import { createContentHash, type ContentHash } from './content-hash.js';
import { acquireFileLock } from './file-lock.js';
import { sendRequest, stopIfAborted, type HubConnection } from './hub-connection.js';
import { diskError, hubError } from './hub-failure.js';
import type { RepositoryFile } from './repository.js';

/** What to fetch, and where it belongs. */
export interface BlobRequest {
  readonly url: string;
  readonly file: RepositoryFile;
  readonly blobs: string;
  /** What is fetched, in words, for errors. */
  readonly about: string;
  /** Told how much of the file is here, also while another process fetches it. */
  readonly onBytes: (here: number) => void;
}

const PIECE = 1 << 20;

/** Where a download that is not finished stands. The name is ours: other libraries' partial files are left alone. */
export function partialPath(blobs: string, etag: string): string {
  return join(blobs, `${etag}.sakejs.incomplete`);
}

/**
 * Downloads a file's content to `blobs/<etag>`, unless it is there.
 *
 * Pieces are written as they come, so memory does not grow with the file. What an earlier run left is hashed and gone
 * on from with a range request. The blob gets its name only once all of it is there and hashes to its etag. Of several
 * processes one downloads and the others wait.
 *
 * @returns the blob's path.
 * @throws {SakeError} of {@link sendRequest}; `io` for a full or broken disk; `invalid-file` for content with another
 * hash, which is not kept.
 */
export async function fetchBlob(connection: HubConnection, request: BlobRequest): Promise<string> {
  const { file, blobs, onBytes } = request;
  const blob = join(blobs, file.etag);
  const partial = partialPath(blobs, file.etag);
  const settled = async (): Promise<boolean> => {
    if ((await fileSize(blob)) === file.size) return true;
    onBytes(Math.min((await fileSize(partial)) ?? 0, file.size));
    return false;
  };
  const { signal, lockStaleMilliseconds } = connection;
  const lock = await acquireFileLock(`${blob}.sakejs.lock`, {
    signal,
    settled,
    ...(lockStaleMilliseconds === undefined ? {} : { staleMilliseconds: lockStaleMilliseconds }),
  });
  try {
    if (lock && (await fileSize(blob)) !== file.size) {
      await download(connection, request, partial);
      await giveName(partial, blob, file.size);
    }
  } finally {
    await lock?.release();
  }
  onBytes(file.size);
  return blob;
}

/** Refuses a file that another process put in our file's place: two may hold the lock, if hardly ever. */
async function giveName(partial: string, blob: string, size: number): Promise<void> {
  if ((await fileSize(partial)) === size) await disk(`name ${blob}`, () => rename(partial, blob));
  else if ((await fileSize(blob)) !== size)
    throw hubError(
      'disk',
      `expected ${partial} to stay in place, got it removed by another process; run again`,
    );
}

async function download(connection: HubConnection, request: BlobRequest, partial: string): Promise<void> {
  const { file, about } = request;
  for (let again = false; ; again = true) {
    const resumed = await fill(connection, request, partial);
    if (resumed.matches) return;
    await rm(partial, { force: true });
    // A crash may have spoilt what an earlier run left: that is worth one try from the start.
    if (resumed.from === 0 || again)
      throw hubError(
        'checksum',
        `expected ${about} to hash to ${file.etag}, got other content; it is not kept, run again`,
        { etag: file.etag },
      );
  }
}

/** Brings the partial file to its full size. */
async function fill(
  connection: HubConnection,
  request: BlobRequest,
  partial: string,
): Promise<{ from: number; matches: boolean }> {
  const { file, onBytes } = request;
  const handle = await disk(`write ${partial}`, () =>
    open(partial, constants.O_RDWR | constants.O_CREAT, 0o644),
  );
  try {
    const { from, hash } = await hashPresent(handle, file, connection.signal);
    const state = { position: from, furthest: from, hash };
    onBytes(from);
    if (from < file.size) await stream(connection, request, { handle, path: partial }, state);
    await disk(`write ${partial}`, async () => {
      await handle.truncate(file.size); // a broken earlier run may have left more
      await handle.sync();
    });
    return { from, matches: state.hash.matches() };
  } finally {
    await handle.close();
  }
}

interface StreamState {
  position: number;
  furthest: number;
  hash: ContentHash;
}

async function stream(
  connection: HubConnection,
  { url, file, about, onBytes }: BlobRequest,
  partial: { readonly handle: FileHandle; readonly path: string },
  state: StreamState,
): Promise<void> {
  const restart = (): void => {
    state.position = 0;
    state.hash = createContentHash(file.etag, file.size);
  };
  await sendRequest(connection, {
    url,
    about,
    headers: () => ({
      'accept-encoding': 'identity',
      ...(state.position > 0 ? { range: `bytes=${state.position}-` } : {}),
    }),
    accept: [416],
    async consume(response, alive) {
      const start = startOf(response);
      if (start === 0) restart();
      else if (start !== state.position) {
        restart();
        throw new Error(`status ${response.status} to a range`);
      }
      for await (const piece of response.body ?? []) {
        stopIfAborted(connection.signal);
        if (state.position + piece.length > file.size)
          throw hubError('answer', `expected ${file.size} bytes of ${about}, got more`, { size: file.size });
        await disk(`write ${partial.path}`, () => writeAll(partial.handle, piece, state.position));
        state.hash.update(piece);
        state.position += piece.length;
        alive(state.position > state.furthest);
        state.furthest = Math.max(state.furthest, state.position);
        onBytes(state.position);
      }
      if (state.position < file.size) throw new Error(`it ended at byte ${state.position} of ${file.size}`);
    },
  });
}

/** The offset that an answer's body begins at; `undefined` where it gives none of the file. */
function startOf(response: Response): number | undefined {
  if (response.status === 200) return 0;
  if (response.status !== 206) return undefined;
  const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return range ? Number(range[1]) : undefined;
}

/** Hashes what an earlier run left, up to the file's size. */
async function hashPresent(
  handle: FileHandle,
  file: RepositoryFile,
  signal: AbortSignal | undefined,
): Promise<{ from: number; hash: ContentHash }> {
  const hash = createContentHash(file.etag, file.size);
  const buffer = new Uint8Array(PIECE);
  let from = 0;
  for (;;) {
    stopIfAborted(signal);
    const most = Math.min(PIECE, file.size - from);
    const { bytesRead } =
      most === 0
        ? { bytesRead: 0 }
        : await disk('read what is there', () => handle.read(buffer, 0, most, from));
    if (bytesRead === 0) return { from, hash };
    hash.update(buffer.subarray(0, bytesRead));
    from += bytesRead;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

async function disk<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw isSakeError(cause) ? cause : diskError(doing, cause);
  }
}
