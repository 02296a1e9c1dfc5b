import { SakeError } from '@sakejs/spec';
import { failureOf } from './dataset-failure.js';
import { createNoteCounter } from './dataset-notes.js';
import { byteChunks, fileChunks, streamFileChunks } from './file-chunks.js';
import { checkLimit, readDataset, streamDataset } from './read-dataset.js';
import { createRippleEditsParser } from './ripple-edits-parser.js';
import type { RippleEditsDataset, RippleEditsRecord, RippleEditsSummary } from './ripple-edits-record.js';
import type { AnswerOptions } from './ripple-edits-tests.js';

export interface ReadRippleEditsOptions extends AnswerOptions {
  /** Only the first N records, in file order. */
  readonly limit?: number;
  /** The file's name in results and errors. */
  readonly name?: string;
}

export interface StreamRippleEditsOptions extends ReadRippleEditsOptions {
  readonly signal?: AbortSignal;
  /** Told what the file is once its last record has been taken. */
  readonly onEnd?: (summary: RippleEditsSummary) => void;
}

/**
 * Parses a file of RippleEdits (POPULAR, RANDOM or RECENT): a JSON array of records, or one a line.
 *
 * A record whose edit cannot be told (no label of its subject, no object in its sentence) is dropped, as is a test
 * without any answer; the dataset's notes count both, and every other thing that was changed.
 *
 * @throws {SakeError} `invalid-file` naming file, record number (from 0), case_id and field; `invalid-option`.
 */
export function parseRippleEdits(
  bytes: Uint8Array,
  options: ReadRippleEditsOptions = {},
): RippleEditsDataset {
  return read(byteChunks(bytes), 'parseRippleEdits', { name: 'RippleEdits', ...options });
}

/**
 * Reads a file of RippleEdits.
 *
 * @throws {SakeError} `not-found` without the file, else as {@link parseRippleEdits}.
 */
export function readRippleEdits(path: string, options: ReadRippleEditsOptions = {}): RippleEditsDataset {
  return read(fileChunks(path, 'readRippleEdits'), 'readRippleEdits', { name: path, ...options });
}

/**
 * The records of a file of RippleEdits, one by one: memory holds one record, whatever the file's size.
 *
 * @throws {SakeError} `not-found` without the file, `aborted` by the signal, else as {@link parseRippleEdits}: at the
 * first broken record, after those before it were given.
 */
export async function* streamRippleEdits(
  path: string,
  { limit, name = path, signal, onEnd, ...answers }: StreamRippleEditsOptions = {},
): AsyncGenerator<RippleEditsRecord, RippleEditsSummary> {
  checkOptions({ limit, ...answers }, 'streamRippleEdits');
  const fail = failureOf('streamRippleEdits', name);
  const notes = createNoteCounter();
  const parser = createRippleEditsParser(fail, notes, answers);
  const chunks = streamFileChunks(path, 'streamRippleEdits');
  const facts = yield* streamDataset(chunks, parser.parse, { fail, limit, signal });
  const summary = summaryOf(name, facts, parser.kind, notes.notes());
  onEnd?.(summary);
  return summary;
}

function read(
  chunks: Iterable<Uint8Array>,
  where: string,
  { limit, name, ...answers }: ReadRippleEditsOptions & { readonly name: string },
): RippleEditsDataset {
  checkOptions({ limit, ...answers }, where);
  const fail = failureOf(where, name);
  const notes = createNoteCounter();
  const parser = createRippleEditsParser(fail, notes, answers);
  const { records, ...facts } = readDataset(chunks, parser.parse, { fail, limit });
  return { ...summaryOf(name, facts, parser.kind, notes.notes()), records };
}

function summaryOf(
  name: string,
  { sha256, total }: { readonly sha256: string; readonly total: number },
  kind: RippleEditsSummary['kind'],
  notes: RippleEditsSummary['notes'],
): RippleEditsSummary {
  return { name, sha256, total, format: 'ripple-edits', ...(kind === undefined ? {} : { kind }), notes };
}

function checkOptions(
  { limit, minAliasLength = 1 }: AnswerOptions & { readonly limit: number | undefined },
  where: string,
): void {
  checkLimit(limit, where);
  if (!Number.isInteger(minAliasLength) || minAliasLength < 1)
    throw new SakeError(
      'invalid-option',
      `${where}: expected a minAliasLength of at least 1, got ${minAliasLength}`,
    );
}
