import { isDeepStrictEqual } from 'node:util';
import { SakeError, type Json } from '@sakejs/spec';

/** What stands in a journal's first line. */
export interface JournalHeader {
  readonly format: 'sakejs-journal';
  readonly identity: Json;
}

/** A field in which two identities differ; undefined where one lacks it. */
export interface IdentityDifference {
  /** `model.sha256`; empty for the identity itself. */
  readonly path: string;
  readonly expected: Json | undefined;
  readonly got: Json | undefined;
}

/** Every innermost field in which two values differ. */
export function differences(
  expected: Json | undefined,
  got: Json | undefined,
  path = '',
): IdentityDifference[] {
  if (isRecord(expected) && isRecord(got)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(got)])].sort();
    const field = (of: Readonly<Record<string, Json>>, name: string): Json | undefined =>
      Object.hasOwn(of, name) ? of[name] : undefined;
    return names.flatMap((name) =>
      differences(field(expected, name), field(got, name), path === '' ? name : `${path}.${name}`),
    );
  }
  return isDeepStrictEqual(expected, got) ? [] : [{ path, expected, got }];
}

/** @throws {SakeError} `invalid-input` that says in what a journal's identity differs from the one asked for. */
export function checkIdentity(file: string, expected: Json, got: Json): void {
  const found = differences(expected, got);
  if (found.length === 0) return;
  const say = (value: Json | undefined): string =>
    value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200);
  const list = found.map(
    ({ path, expected: want, got: has }) =>
      `${path === '' ? 'the identity' : path} ${say(want)}, got ${say(has)}`,
  );
  throw new SakeError(
    'invalid-input',
    `journal ${file}: expected ${list.join('; ')}; it was written by another run: give each its own folder, or move the file away to begin anew`,
    { details: { file, differences: found } },
  );
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
