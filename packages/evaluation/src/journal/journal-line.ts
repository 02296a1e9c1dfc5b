import { createHash, type Hash } from 'node:crypto';

/** Version of the line's layout; a reader refuses later ones. */
export const LINE_VERSION = 1;

/** What stands before the first line's sum. */
export const NO_LINE: string = '0'.repeat(32);

/** Bytes of `{"sum":"<32 digits>",`, which the sum does not cover. */
export const SUM_BYTES = 42;

/** Longest key, in UTF-16 code units. */
export const LONGEST_KEY = 512;

/** Bytes within which everything but the value lies: a key takes 6 bytes a code unit at most. */
export const HEAD_BYTES = 4096;

/** What a line says before its value. */
export interface LineHead {
  /** SHA-256 over the rest of the line, its first 32 hexadecimal digits. */
  readonly sum: string;
  readonly version: number;
  /** 0 for the header, then 1, 2 … */
  readonly sequence: number;
  /** Sum of the line before. */
  readonly previous: string;
  readonly key: string;
  /** Where the value begins, in bytes from the line's start; it ends before the line's last `}`. */
  readonly valueAt: number;
}

const HEAD =
  /^\{"sum":"([0-9a-f]{32})","version":(\d{1,9}),"sequence":(\d{1,15}),"previous":"([0-9a-f]{32})","key":("(?:[^"\\]|\\.)*"),"value":/;

/** The sum of a line, to be fed with its bytes after the first {@link SUM_BYTES}. */
export const createSum = (): Hash => createHash('sha256');

export const sumDigits = (hash: Hash): string => hash.digest('hex').slice(0, 32);

/** A line of JSON, newline included, that no change goes unnoticed in. */
export function encodeLine(line: {
  readonly sequence: number;
  readonly previous: string;
  readonly key: string;
  /** The value as JSON without line breaks. */
  readonly value: string;
}): { readonly bytes: Buffer; readonly sum: string } {
  const { sequence, previous, key, value } = line;
  const rest = `"version":${LINE_VERSION},"sequence":${sequence},"previous":"${previous}","key":${JSON.stringify(key)},"value":${value}}`;
  const sum = sumDigits(createSum().update(rest));
  return { bytes: Buffer.from(`{"sum":"${sum}",${rest}\n`), sum };
}

/** Reads a line up to its value from its first {@link HEAD_BYTES}; undefined for what is no line of a journal. */
export function readHead(start: Buffer): LineHead | undefined {
  const match = HEAD.exec(start.toString('utf8'));
  if (match === null) return undefined;
  let key: unknown;
  try {
    key = JSON.parse(match[5]!);
  } catch {
    return undefined;
  }
  return {
    sum: match[1]!,
    version: Number(match[2]),
    sequence: Number(match[3]),
    previous: match[4]!,
    key: key as string,
    valueAt: Buffer.byteLength(match[0]),
  };
}

/** The value's text in a whole line without its newline; undefined when the line does not have its sum. */
export function readValue(line: Buffer): { readonly head: LineHead; readonly value: string } | undefined {
  const head = readHead(line.subarray(0, HEAD_BYTES));
  if (head === undefined || head.sum !== sumDigits(createSum().update(line.subarray(SUM_BYTES))))
    return undefined;
  return { head, value: line.toString('utf8', head.valueAt, line.length - 1) };
}
