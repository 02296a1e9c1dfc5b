import { createHash } from 'node:crypto';
import type { Fail } from './dataset-failure.js';
import { createRecordSplitter, type RecordLayout } from './record-splitter.js';

/** One record as JSON has it. */
export interface RawRecord {
  /** Its number in the file, from 0. */
  readonly index: number;
  readonly value: unknown;
}

/** What identifies a file that was read to its end. */
export interface FileFacts {
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly layout: RecordLayout;
  /** Records in the file. */
  readonly total: number;
}

/** Turns a file's bytes into records as they come in. */
export interface RecordReader {
  push(bytes: Uint8Array): Generator<RawRecord, void>;
  /** Call once, at the end of the file; the facts are what it returns. */
  end(): Generator<RawRecord, FileFacts>;
}

/** Every failure goes to `fail`, with the record's number; bytes must be UTF-8. */
export function createRecordReader(fail: Fail): RecordReader {
  const hash = createHash('sha256');
  const strict = new TextDecoder('utf-8', { fatal: true });
  /** Says how far a part decodes where `strict` only refuses it. */
  const lenient = new TextDecoder('utf-8');
  const splitter = createRecordSplitter((message) => fail(message, { record: splitter.count }));
  let bytesRead = 0;
  let index = 0;

  function* parse(texts: readonly string[]): Generator<RawRecord, void> {
    for (const text of texts) {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (cause) {
        fail(`expected JSON, got a record that does not parse (${(cause as Error).message})`, {
          record: index,
          cause,
        });
      }
      yield { index: index++, value };
    }
  }

  function* decode(bytes: Uint8Array | undefined): Generator<RawRecord, void> {
    const options = { stream: bytes !== undefined };
    const text = lenient.decode(bytes, options);
    try {
      strict.decode(bytes, options);
    } catch (cause) {
      yield* parse(splitter.push(text.slice(0, text.indexOf('\uFFFD'))));
      fail('expected UTF-8, got a file that does not parse (bytes that are not UTF-8)', {
        record: splitter.count,
        cause,
      });
    }
    yield* parse(splitter.push(text));
  }

  return {
    *push(bytes) {
      hash.update(bytes);
      bytesRead += bytes.length;
      yield* decode(bytes);
    },
    *end() {
      if (bytesRead === 0) fail('expected a JSON array of records, got an empty file');
      yield* decode(undefined);
      yield* parse(splitter.end());
      if (index === 0) fail('expected at least one record, got an empty array');
      return { sha256: hash.digest('hex'), bytes: bytesRead, layout: splitter.layout!, total: index };
    },
  };
}
