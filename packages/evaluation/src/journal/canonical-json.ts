import { SakeError, type Json } from '@sakejs/spec';

/** Deeper values are taken for cyclic ones. */
const DEEPEST = 500;

/**
 * JSON with the keys of every object sorted by code units, so that equal values are equal texts.
 *
 * `JSON.parse` of it gives the very value back: numbers are exact, -0 included.
 *
 * @throws {SakeError} `invalid-input`, with the path, for what JSON cannot hold: NaN, an infinity, undefined, a bigint,
 * a function, an object of a class, a cycle.
 */
export function canonicalJson(value: Json): string {
  return textOf(value, '', 0);
}

function textOf(value: unknown, path: string, depth: number): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw unfit(path, String(value));
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (typeof value !== 'object') throw unfit(path, typeof value);
  if (depth > DEEPEST) throw unfit(path, `values nested more than ${DEEPEST} deep`);
  if (Array.isArray(value))
    return `[${Array.from(value, (item, at) => textOf(item, `${path}[${at}]`, depth + 1)).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The parent of every plain object has no parent itself, in whichever realm it was made.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw unfit(path, `an object of class ${(value as object).constructor.name}`);
  const record = value as Readonly<Record<string, unknown>>;
  const fields = Object.keys(record)
    .sort()
    .map(
      (name) =>
        `${JSON.stringify(name)}:${textOf(record[name], path === '' ? name : `${path}.${name}`, depth + 1)}`,
    );
  return `{${fields.join(',')}}`;
}

function unfit(path: string, got: string): SakeError {
  const where = path === '' ? 'the value' : path;
  return new SakeError(
    'invalid-input',
    `canonicalJson: expected what JSON holds exactly at ${where}, got ${got}; leave it out or write it as a text`,
    { details: { path } },
  );
}
