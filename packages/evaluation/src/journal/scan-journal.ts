import { SakeError } from '@sakejs/spec';
import { damaged, ioError, type DamagedLine } from './journal-error.js';
import { LINE_VERSION, NO_LINE, readValue, type LineHead } from './journal-line.js';
import { scanLines, type ByteSource, type ScannedLine } from './scan-lines.js';

/** Where a line stands in the file. */
export interface LinePlace {
  readonly offset: number;
  /** Bytes, newline excluded. */
  readonly length: number;
}

/** What a journal's file holds. */
export interface JournalContent {
  /** The first line, absent where it is damaged or missing. */
  readonly header?: LinePlace;
  /** Units by key, in the order in which they were put. */
  readonly index: Map<string, LinePlace>;
  /** Bytes up to the end of the last whole line. */
  readonly end: number;
  /** Sum and sequence number of the last whole line. */
  readonly last: Pick<LineHead, 'sum' | 'sequence'>;
  /** A damaged line behind which nothing comes: what a kill leaves. */
  readonly torn?: DamagedLine;
  /** Other damaged lines. */
  readonly damaged: readonly DamagedLine[];
  /** The first whole line behind the header: its `previous` tells which header it was written under. */
  readonly firstUnit?: LineHead;
}

/**
 * Reads a journal through, holding keys and places but no values.
 *
 * @throws {SakeError} `invalid-file` for a file that is no journal, `unsupported` for a later version's, `io`.
 */
export async function scanJournal(handle: ByteSource, file: string): Promise<JournalContent> {
  const index = new Map<string, LinePlace>();
  const contradicted = new Set<string>();
  const found: DamagedLine[] = [];
  let header: LinePlace | undefined;
  let firstUnit: LineHead | undefined;
  let torn: DamagedLine | undefined;
  let last: Pick<LineHead, 'sum' | 'sequence'> = { sum: NO_LINE, sequence: -1 };
  let end = 0;
  for await (const scanned of scanLines(handle)) {
    const { head, ended, offset, length, line } = scanned;
    if (line === 1) checkBeginning(file, scanned);
    if (torn !== undefined) found.push(torn);
    const afterDamage = torn !== undefined;
    torn = undefined;
    if (head === undefined || !ended) {
      torn = { line, offset, reason: ended ? 'other content' : 'a line that breaks off' };
      continue;
    }
    if (head.version > LINE_VERSION) throw later(file, head.version);
    const reason = afterDamage ? undefined : chainBreak(last, head);
    if (reason !== undefined) found.push({ line, offset, reason });
    last = head;
    end = offset + length + 1;
    if (head.sequence === 0) {
      if (line === 1) header = { offset, length };
      continue;
    }
    firstUnit ??= head;
    const { key } = head;
    const first = index.get(key);
    if (contradicted.has(key)) continue;
    if (first === undefined) index.set(key, { offset, length });
    else if (!(await sameValue(handle, first, { offset, length }, file))) {
      found.push({ line, offset, reason: `another value for the key ${JSON.stringify(key)} than before` });
      index.delete(key);
      contradicted.add(key);
    }
  }
  return {
    ...(header && { header }),
    index,
    end,
    last,
    ...(torn && { torn }),
    damaged: found,
    ...(firstUnit && { firstUnit }),
  };
}

/** The line at a place with its value's text, checked anew; undefined when it is not as it was written. */
export async function readLine(
  handle: ByteSource,
  { offset, length }: LinePlace,
  file: string,
): Promise<ReturnType<typeof readValue>> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(bytes, at, length - at, offset + at).catch((cause: unknown) => {
      throw ioError(`reading ${file}`, cause);
    });
    if (bytesRead === 0) return undefined;
    at += bytesRead;
  }
  return readValue(bytes);
}

async function sameValue(handle: ByteSource, a: LinePlace, b: LinePlace, file: string): Promise<boolean> {
  const first = await readLine(handle, a, file);
  const second = await readLine(handle, b, file);
  return first !== undefined && first.value === second?.value;
}

/** What is wrong with how a line follows another. */
function chainBreak(last: Pick<LineHead, 'sum' | 'sequence'>, head: LineHead): string | undefined {
  const expected = last.sequence + 1;
  if (head.sequence > expected)
    return `line ${head.sequence + 1} of the journal; ${head.sequence - expected} before it are missing`;
  if (head.sequence < expected) return `line ${head.sequence + 1} of the journal once more`;
  return head.previous === last.sum ? undefined : 'a line that was written behind another one';
}

/** Whatever a kill leaves of a journal begins as one, if only with its first bytes. */
function checkBeginning(file: string, { start, line, offset, ended }: ScannedLine): void {
  const beginning = '{"sum":"';
  const found = start.toString('latin1', 0, beginning.length);
  if (ended ? found !== beginning : !beginning.startsWith(found))
    throw damaged(
      file,
      { line, offset, reason: `a file that begins with ${JSON.stringify(start.toString('utf8', 0, 16))}` },
      'move the file away or name another folder for the journal',
    );
}

const later = (file: string, version: number): SakeError =>
  new SakeError(
    'unsupported',
    `journal ${file}: expected format version ${LINE_VERSION}, got ${version}; a newer release of @sakejs/evaluation reads it`,
    { details: { file, version } },
  );
