import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { SakeError } from '@sakejs/spec';
import { codeOf, ioError } from './journal-error.js';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, in the system's ticks: tells it from a later one of the same id. Linux only. */
  readonly started?: string;
  readonly token: string;
}

/** A lock that is held. */
export interface ProcessLock {
  /** Gives it back. */
  release(): Promise<void>;
}

/**
 * Takes a lock file, or says which process holds it; never waits.
 *
 * The file appears whole, by hard link. One whose process is gone (killed, the machine restarted) is taken over: who
 * wants to must first hold a lock of its own on that very file's token, so that of several exactly one does it. A
 * process on another machine counts as living.
 *
 * @throws {SakeError} `already-exists` with `details.pid` when a living process holds it; `io`.
 */
export async function acquireProcessLock(path: string): Promise<ProcessLock> {
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    ...(await startOf(process.pid)),
    token: randomBytes(6).toString('hex'),
  };
  const temporary = `${path}.${mine.token}.tmp`;
  try {
    await writeFile(temporary, JSON.stringify(mine), { flag: 'wx' });
    while (!(await take(path, temporary))) {
      const holder = await holderOf(path);
      if (holder === undefined) continue; // given back just now
      if (await lives(holder)) throw held(path, holder);
      if (await takeOver(path, holder.token, temporary)) break;
    }
  } catch (cause) {
    throw cause instanceof SakeError ? cause : ioError(`locking ${path}`, cause);
  } finally {
    await rm(temporary, { force: true });
  }
  return {
    async release() {
      if ((await holderOf(path))?.token === mine.token) await rm(path, { force: true });
    },
  };
}

async function take(path: string, temporary: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  }
}

/** Puts one's own file in a dead holder's place, under the right to do so that only one process can have. */
async function takeOver(path: string, token: string, temporary: string): Promise<boolean> {
  const right = await acquireProcessLock(`${path}.${token}`);
  try {
    if ((await holderOf(path))?.token !== token) return false;
    await rename(temporary, path);
    return true;
  } finally {
    await right.release();
  }
}

/** Who holds a lock file; a file that says nothing (power failed as it was written) has a holder without process. */
async function holderOf(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw ioError(`reading ${path}`, cause);
  }
  try {
    const { pid, host, started, token } = JSON.parse(text) as Partial<Holder>;
    if (Number.isInteger(pid) && typeof host === 'string' && /^[0-9a-f]{12}$/.test(String(token)))
      return { pid: pid!, host, token: token!, ...(started !== undefined && { started }) };
  } catch {
    // As for any other text that names nobody.
  }
  return { pid: 0, host: hostname(), token: 'unreadable' };
}

async function lives({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if (codeOf(cause) === 'ESRCH') return false;
  }
  const now = await startOf(pid);
  return now.state !== 'Z' && (started === undefined || now.started === undefined || now.started === started);
}

/** When a process began, and its state; empty where the system does not say. */
async function startOf(pid: number): Promise<{ started?: string; state?: string }> {
  if (process.platform !== 'linux') return {};
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold blanks and brackets; state is the third field, the start the 22nd.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, started: fields[19]! };
  } catch {
    return {};
  }
}

function held(path: string, { pid, host }: Holder): SakeError {
  const who = pid === process.pid && host === hostname() ? `this process (pid ${pid})` : `process ${pid}`;
  const where = host === hostname() ? '' : ` on host ${JSON.stringify(host)}`;
  return new SakeError(
    'already-exists',
    `locking ${path}: expected no other holder, got ${who}${where}; wait until it ends, end it, or, when it is gone for certain, remove the file`,
    { details: { file: path, pid, host } },
  );
}
