import { createCounterFactParser } from './counterfact-parser.js';
import type { CounterFactDataset, CounterFactRecord, CounterFactSummary } from './counterfact-record.js';
import { failureOf } from './dataset-failure.js';
import { createNoteCounter } from './dataset-notes.js';
import { byteChunks, fileChunks, streamFileChunks } from './file-chunks.js';
import { checkLimit, readDataset, streamDataset } from './read-dataset.js';

export type {
  CounterFactDataset,
  CounterFactFormat,
  CounterFactRecord,
  CounterFactSummary,
} from './counterfact-record.js';

export interface ReadCounterFactOptions {
  /** Only the first N records, in file order. */
  readonly limit?: number;
  /** The file's name in results and errors. */
  readonly name?: string;
}

export interface StreamCounterFactOptions extends ReadCounterFactOptions {
  readonly signal?: AbortSignal;
  /** Told what the file is once its last record has been taken. */
  readonly onEnd?: (summary: CounterFactSummary) => void;
}

/**
 * Parses a CounterFact file, in its original schema or in EasyEdit's flat form: a JSON array of records, or one a line.
 *
 * @throws {SakeError} `invalid-file` naming file, record number (from 0), case_id and field.
 */
export function parseCounterFact(
  bytes: Uint8Array,
  options: ReadCounterFactOptions = {},
): CounterFactDataset {
  return read(byteChunks(bytes), 'parseCounterFact', { name: 'CounterFact', ...options });
}

/**
 * Reads a CounterFact file of either form.
 *
 * @throws {SakeError} `not-found` without the file, else as {@link parseCounterFact}.
 */
export function readCounterFact(path: string, options: ReadCounterFactOptions = {}): CounterFactDataset {
  return read(fileChunks(path, 'readCounterFact'), 'readCounterFact', { name: path, ...options });
}

/**
 * The records of a CounterFact file of either form, one by one: memory holds one record, whatever the file's size.
 *
 * @throws {SakeError} `not-found` without the file, `aborted` by the signal, else as {@link parseCounterFact}: at the
 * first broken record, after those before it were given.
 */
export async function* streamCounterFact(
  path: string,
  { limit, name = path, signal, onEnd }: StreamCounterFactOptions = {},
): AsyncGenerator<CounterFactRecord, CounterFactSummary> {
  checkLimit(limit, 'streamCounterFact');
  const fail = failureOf('streamCounterFact', name);
  const notes = createNoteCounter();
  const parser = createCounterFactParser(fail, notes);
  const chunks = streamFileChunks(path, 'streamCounterFact');
  const { sha256, total } = yield* streamDataset(chunks, parser.parse, { fail, limit, signal });
  const summary = { name, sha256, total, format: parser.format, notes: notes.notes() };
  onEnd?.(summary);
  return summary;
}

function read(
  chunks: Iterable<Uint8Array>,
  where: string,
  { limit, name }: ReadCounterFactOptions & { readonly name: string },
): CounterFactDataset {
  checkLimit(limit, where);
  const fail = failureOf(where, name);
  const notes = createNoteCounter();
  const parser = createCounterFactParser(fail, notes);
  const { sha256, total, records } = readDataset(chunks, parser.parse, { fail, limit });
  return { name, sha256, total, format: parser.format, notes: notes.notes(), records };
}
