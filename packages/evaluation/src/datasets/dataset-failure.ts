import { SakeError } from '@sakejs/spec';

/** What a failure is about, where known. */
export interface FailurePlace {
  /** The record's number in the file, from 0. */
  readonly record?: number;
  readonly caseId?: unknown;
  readonly cause?: unknown;
}

/** Ends the reading of a file; never returns. */
export type Fail = (message: string, place?: FailurePlace) => never;

/** The failures of one file: every message begins with the function's and the file's name. */
export function failureOf(where: string, file: string): Fail {
  return (message, { record, caseId, cause } = {}) => {
    const id = typeof caseId === 'string' || typeof caseId === 'number' ? ` (case_id ${caseId})` : '';
    const at = record === undefined ? '' : `record ${record}${id}: `;
    throw new SakeError('invalid-file', `${where}: ${file}: ${at}${message}`.replace(/\s+/g, ' '), {
      cause,
      details: { file, ...(record === undefined ? {} : { record }), ...(id === '' ? {} : { caseId }) },
    });
  };
}

/** The `case_id` of a value that may be no record at all. */
export function caseIdOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { case_id?: unknown }).case_id : undefined;
}

/** Names of a value's first fields, for messages; what else it is when it has none. */
export function describeRecord(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const fields = Object.keys(value);
  if (fields.length === 0) return 'an object without fields';
  const shown = fields.slice(0, 8).map((field) => (field.length > 40 ? `${field.slice(0, 40)}…` : field));
  return `an object with ${shown.join(', ')}${fields.length > 8 ? ', …' : ''}`;
}
