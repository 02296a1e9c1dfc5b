import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { SakeError, type Json } from '@sakejs/spec';
import { canonicalJson } from './canonical-json.js';
import { damaged, ioError, type DamagedLine } from './journal-error.js';
import { checkIdentity, type JournalHeader } from './journal-identity.js';
import { encodeLine, LONGEST_KEY, NO_LINE, readValue } from './journal-line.js';
import { createLineAppender, type JournalSync } from './line-appender.js';
import { acquireProcessLock } from './process-lock.js';
import { repairJournal } from './repair-journal.js';
import { readLine, scanJournal, type JournalContent, type LinePlace } from './scan-journal.js';
import { makeFolder, syncFolder } from './sync-folder.js';

export interface OpenJournalOptions {
  /** What every unit depends on (the model's hash, versions); a journal of another identity is refused. */
  readonly identity?: Json;
  /**
   * `always` (the default) flushes each unit on its own, `batch` all that wait at once. A kill tears the last line at
   * most in both; a power failure may tear several lines of a batch, which then takes `repair`.
   */
  readonly sync?: JournalSync;
  /** Keep the whole lines of a journal with damaged ones instead of refusing it. Default false. */
  readonly repair?: boolean;
}

/** What had to be put right when a journal was opened. */
export interface JournalRepair {
  /** Bytes cut off the end: a line that a kill tore, at most. */
  readonly truncatedBytes: number;
  /** Damaged lines elsewhere, whose units are lost; only with `repair: true`. */
  readonly damaged: readonly DamagedLine[];
  /** Units that were kept. */
  readonly kept: number;
}

/** Finished units of work on disk. What `put` has promised outlives the process and the machine's power. */
export interface Journal extends AsyncDisposable {
  readonly file: string;
  /** Units held. */
  readonly size: number;
  /** Undefined when nothing was wrong. */
  readonly repaired: JournalRepair | undefined;
  has(key: string): boolean;
  /** Keys in the order in which they were put. */
  keys(): IterableIterator<string>;
  /** A unit's value, read from the file and checked. @throws {SakeError} `invalid-file`, `io`. */
  get(key: string): Json | undefined;
  /**
   * Keeps a value; fulfilled when it is on disk. The same value once more changes nothing.
   *
   * @throws {SakeError} `already-exists` when the key has another value, `invalid-input` for a value that JSON cannot
   * hold, `io`.
   */
  put(key: string, value: Json): Promise<void>;
  /** Waits for what was put and lets others open the journal. */
  close(): Promise<void>;
}

/** Longest value, in UTF-16 code units of its JSON. */
const LONGEST_VALUE = 2 ** 27;

/**
 * Opens the journal in a folder, `journal.jsonl`, or makes one.
 *
 * A line a unit, each with a sequence number, a SHA-256 over its content and that of the line before. In memory is a
 * place a key, never a value. What a kill leaves at the very end is cut off and told in `repaired`; a line changed or
 * missing elsewhere is refused, or with `repair` given up for computing anew. One process has a journal open at a
 * time; the lock of one that was killed is taken over. Needs a file system with hard links.
 *
 * @throws {SakeError} `invalid-file` for a damaged file (with line and byte), `invalid-input` for a journal of another
 * identity (with what differs), `already-exists` while another process has it open (with its pid), `unsupported`, `io`.
 */
export async function openJournal(directory: string, options: OpenJournalOptions = {}): Promise<Journal> {
  const file = join(directory, 'journal.jsonl');
  await makeFolder(directory).catch((cause: unknown) => {
    throw ioError(`making ${directory}`, cause);
  });
  const lock = await acquireProcessLock(join(directory, 'journal.lock'));
  try {
    const opened = await openFile(file, directory, options);
    return createJournal(file, opened, options.sync ?? 'always', () => lock.release());
  } catch (error) {
    await lock.release();
    throw error instanceof SakeError ? error : ioError(`opening ${file}`, error);
  }
}

interface OpenedFile {
  readonly handle: FileHandle;
  readonly content: JournalContent;
  readonly repaired: JournalRepair | undefined;
}

async function openFile(
  file: string,
  directory: string,
  { identity, repair = false }: OpenJournalOptions,
): Promise<OpenedFile> {
  const header: JournalHeader = { format: 'sakejs-journal', identity: identity ?? null };
  const headerText = canonicalJson({ ...header });
  const handle = await open(file, 'a+');
  try {
    const content = await scanJournal(handle, file);
    if (content.header !== undefined) {
      const line = await readLine(handle, content.header, file);
      const found = JSON.parse(line?.value ?? 'null') as JournalHeader;
      if (identity !== undefined) checkIdentity(file, identity, found.identity);
    }
    if (content.damaged.length > 0) {
      if (!repair) throw damaged(file, content.damaged[0]!);
      await repairJournal(file, handle, content, identity === undefined ? undefined : headerText);
      await handle.close();
      const again = await openFile(file, directory, identity === undefined ? {} : { identity });
      const lines = [...content.damaged, ...(content.torn ? [content.torn] : [])];
      return { ...again, repaired: { truncatedBytes: 0, damaged: lines, kept: again.content.index.size } };
    }
    const { size } = await handle.stat();
    if (size > content.end) await handle.truncate(content.end);
    const repaired =
      size > content.end
        ? { truncatedBytes: size - content.end, damaged: [], kept: content.index.size }
        : undefined;
    const whole = content.header === undefined ? await begin(handle, content, headerText) : content;
    await handle.sync();
    await syncFolder(directory);
    return { handle, content: whole, repaired };
  } catch (error) {
    await handle.close().catch(() => undefined); // a repaired file's is closed already
    throw error;
  }
}

/** Writes the header of a journal that is empty. */
async function begin(handle: FileHandle, content: JournalContent, value: string): Promise<JournalContent> {
  const { bytes, sum } = encodeLine({ sequence: 0, previous: NO_LINE, key: '', value });
  await handle.writeFile(bytes);
  return { ...content, end: bytes.length, last: { sum, sequence: 0 } };
}

function createJournal(
  file: string,
  { handle, content, repaired }: OpenedFile,
  sync: JournalSync,
  unlock: () => Promise<void>,
): Journal {
  const { index } = content;
  const appender = createLineAppender(file, handle, content, sync);
  const pending = new Map<string, { readonly text: string; readonly done: Promise<void> }>();
  let closing: Promise<void> | undefined;

  const textOf = (key: string): string | undefined => {
    const place = index.get(key);
    return place && readText(file, handle.fd, place, key);
  };
  const checkOpen = (): void => {
    if (closing) throw new SakeError('invalid-input', `journal ${file}: expected it open, got it closed`);
  };
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await appender.settle();
      await handle.close();
      await unlock();
    })());

  return {
    file,
    get size() {
      return index.size;
    },
    repaired,
    has: (key) => index.has(key),
    keys: () => index.keys(),
    get(key) {
      checkOpen();
      const text = textOf(key);
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    },
    async put(key, value) {
      checkOpen();
      checkKey(key);
      const text = canonicalJson(value);
      if (text.length > LONGEST_VALUE)
        throw new SakeError(
          'invalid-input',
          `journal: expected a value of at most ${LONGEST_VALUE} characters of JSON, got ${text.length}; split the unit`,
          { details: { key } },
        );
      const waiting = pending.get(key);
      const known = waiting?.text ?? textOf(key);
      if (known !== undefined && known !== text) throw otherValue(file, key);
      if (known !== undefined) return waiting?.done;
      const done = appender
        .append(key, text)
        .then((place) => void index.set(key, place))
        .finally(() => pending.delete(key));
      pending.set(key, { text, done });
      return done;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readText(file: string, fd: number, { offset, length }: LinePlace, key: string): string {
  const bytes = Buffer.alloc(length);
  let at = 0;
  try {
    while (at < length) {
      const count = readSync(fd, bytes, at, length - at, offset + at);
      if (count === 0) break;
      at += count;
    }
  } catch (cause) {
    throw ioError(`reading ${file}`, cause);
  }
  const line = readValue(bytes);
  if (line?.head.key !== key)
    throw new SakeError(
      'invalid-file',
      `journal ${file}, byte ${offset}: expected the line as it was written, got other content since it was opened; let nothing else write there, and open the journal again with \`repair: true\``,
      { details: { file, offset, key } },
    );
  return line.value;
}

function checkKey(key: string): void {
  if (key.length === 0 || key.length > LONGEST_KEY)
    throw new SakeError(
      'invalid-input',
      `journal: expected a key of 1 to ${LONGEST_KEY} characters, got ${key.length}; use unitKey(parts)`,
    );
}

const otherValue = (file: string, key: string): SakeError =>
  new SakeError(
    'already-exists',
    `journal ${file}: expected the value that key ${JSON.stringify(key)} has already, got another one; what a unit depends on must be part of its key or of the journal's identity`,
    { details: { file, key } },
  );
