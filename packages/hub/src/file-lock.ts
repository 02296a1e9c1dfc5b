import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError } from './hub-failure.js';
import { pause } from './hub-connection.js';

/** A lock that is held. */
export interface FileLock {
  /** Gives it back. */
  release(): Promise<void>;
}

export interface FileLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** A lock whose holder gave no sign of life for that long is taken over. Default 10 s. */
  readonly staleMilliseconds?: number;
  /** Asked while another process holds the lock: true ends the wait without one. */
  readonly settled: () => Promise<boolean>;
}

/**
 * Waits for a lock file, creates it and keeps it fresh.
 *
 * The holder touches the file five times per `staleMilliseconds`; who waits watches the file's time change, so clocks
 * need not agree. Should two processes take over a dead one's lock in the same instant, both may hold it; what is done
 * under it must then still be right (here: two writers of the same bytes at the same places), only done twice.
 *
 * @returns `undefined` when `settled` came true first.
 * @throws {SakeError} `aborted`, `io`.
 */
export async function acquireFileLock(path: string, options: FileLockOptions): Promise<FileLock | undefined> {
  const { signal, staleMilliseconds = 10_000, settled } = options;
  await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
    throw diskError(`make ${dirname(path)}`, cause);
  });
  let seen: number | undefined;
  let since = performance.now();
  for (;;) {
    if (await settled()) return undefined;
    const mine = randomUUID();
    const handle = await createNew(path, mine);
    if (handle) return keepFresh(path, mine, staleMilliseconds);
    const touched = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (touched === undefined) continue; // given back just now
    if (touched !== seen) [seen, since] = [touched, performance.now()];
    else if (performance.now() - since > staleMilliseconds) {
      await moveAway(path);
      seen = undefined;
      continue;
    }
    await pause(Math.min(200, staleMilliseconds / 5), signal);
  }
}

async function createNew(path: string, content: string): Promise<true | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw diskError(`make ${path}`, cause);
  }
  await handle.writeFile(content).finally(() => handle.close());
  return true;
}

/** Of several that find a lock dead, one moves it away; the others find it gone and queue up again. */
async function moveAway(path: string): Promise<void> {
  const grave = `${path}.${randomUUID()}`;
  await rename(path, grave).catch(() => undefined);
  await rm(grave, { force: true });
}

function keepFresh(path: string, mine: string, staleMilliseconds: number): FileLock {
  const touch = (): void => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(touch, staleMilliseconds / 5);
  timer.unref();
  return {
    async release() {
      clearInterval(timer);
      const holder = await readFile(path, 'utf8').catch(() => undefined);
      if (holder === mine) await rm(path, { force: true });
    },
  };
}
