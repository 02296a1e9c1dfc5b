import { createSum, HEAD_BYTES, readHead, SUM_BYTES, sumDigits, type LineHead } from './journal-line.js';

/** Where bytes are read from: a file that is open, by position. */
export interface ByteSource {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** A line of a journal as it was found. */
export interface ScannedLine {
  /** 1 for the first. */
  readonly line: number;
  /** Bytes before it. */
  readonly offset: number;
  /** Its bytes, newline excluded. */
  readonly length: number;
  /** Whether a newline ends it. */
  readonly ended: boolean;
  /** Its first bytes. */
  readonly start: Buffer;
  /** Absent where the line does not have its sum. */
  readonly head?: LineHead;
}

const CHUNK_BYTES = 2 ** 18;
const NEWLINE = 10;

/** The lines of a file, each checked against its sum; holds one chunk at a time, however long a line is. */
export async function* scanLines(file: ByteSource): AsyncGenerator<ScannedLine> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let line = createLine();
  let number = 1;
  let offset = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    for (let from = 0; from < bytesRead;) {
      const newline = chunk.subarray(0, bytesRead).indexOf(NEWLINE, from);
      line.add(chunk.subarray(from, newline < 0 ? bytesRead : newline));
      if (newline < 0) break;
      const found = line.finish(number, offset, true);
      yield found;
      number++;
      offset += found.length + 1;
      line = createLine();
      from = newline + 1;
    }
  }
  if (line.length > 0) yield line.finish(number, offset, false);
}

/** Takes up a line piece by piece: its sum, and as much of its start as holds the head. */
function createLine(): {
  readonly length: number;
  add(piece: Buffer): void;
  finish(line: number, offset: number, ended: boolean): ScannedLine;
} {
  const sum = createSum();
  let start = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(piece) {
      if (start.length < HEAD_BYTES)
        start = Buffer.concat([start, piece.subarray(0, HEAD_BYTES - start.length)]);
      sum.update(piece.subarray(Math.max(0, Math.min(piece.length, SUM_BYTES - length))));
      length += piece.length;
    },
    finish(line, offset, ended) {
      const head = readHead(start);
      const whole = head !== undefined && head.sum === sumDigits(sum);
      return { line, offset, length, ended, start, ...(whole && { head }) };
    },
  };
}
