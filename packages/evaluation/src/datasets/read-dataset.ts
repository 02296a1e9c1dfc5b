import { SakeError, throwIfAborted } from '@sakejs/spec';
import type { Fail } from './dataset-failure.js';
import { createRecordReader, type FileFacts, type RawRecord } from './record-reader.js';

/** Turns raw records into checked ones; undefined leaves one out (and says so in the dataset's notes). */
export type ParseRecord<R> = (raw: RawRecord) => R | undefined;

export interface ReadDatasetOptions {
  readonly fail: Fail;
  /** Only the first N records of the file are checked and given; all are counted. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws {SakeError} `invalid-option` for a limit below 1. */
export function checkLimit(limit: number | undefined, where: string): void {
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
    throw new SakeError('invalid-option', `${where}: expected a limit of at least 1, got ${limit}`);
}

/** Reads a whole file; memory holds its checked records, not its text. */
export function readDataset<R>(
  chunks: Iterable<Uint8Array>,
  parse: ParseRecord<R>,
  { fail, limit = Infinity }: ReadDatasetOptions,
): FileFacts & { readonly records: readonly R[] } {
  const reader = createRecordReader(fail);
  const records: R[] = [];
  const take = (raw: RawRecord): void => {
    if (raw.index >= limit) return;
    const record = parse(raw);
    if (record !== undefined) records.push(record);
  };
  for (const chunk of chunks) for (const raw of reader.push(chunk)) take(raw);
  const last = reader.end();
  for (;;) {
    const next = last.next();
    if (next.done === true) return { ...next.value, records };
    take(next.value);
  }
}

/** Gives record after record; memory holds one part of the file and one record. Returns the file's facts. */
export async function* streamDataset<R>(
  chunks: AsyncIterable<Uint8Array>,
  parse: ParseRecord<R>,
  { fail, limit = Infinity, signal }: ReadDatasetOptions,
): AsyncGenerator<R, FileFacts> {
  const reader = createRecordReader(fail);
  for await (const chunk of chunks) {
    throwIfAborted(signal, 'streamDataset');
    for (const raw of reader.push(chunk)) {
      const record = raw.index < limit ? parse(raw) : undefined;
      if (record !== undefined) yield record;
    }
  }
  const last = reader.end();
  for (;;) {
    const next = last.next();
    if (next.done === true) return next.value;
    const record = next.value.index < limit ? parse(next.value) : undefined;
    if (record !== undefined) yield record;
  }
}
