import { readFileSync } from 'node:fs';
import { SakeError } from '@sakejs/spec';
import type { SuiteResult } from './suite-result.js';
import { suiteResultSchema } from './suite-result-schema.js';

/** Complaints named in an error. */
const NAMED = 3;

/**
 * Parses what `runSuite` gave, as JSON: one result, or an array of them.
 *
 * @param name The file's name in errors.
 * @throws {SakeError} `invalid-file` naming file, number of the result (from 0) and field.
 */
export function parseSuiteResults(text: string, name: string = 'results'): SuiteResult[] {
  const fail = (message: string, cause?: unknown): never => {
    throw new SakeError('invalid-file', `parseSuiteResults: ${name}: ${message}`, {
      cause,
      details: { file: name },
    });
  };
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    fail(`expected JSON, got a file that does not parse (${(cause as Error).message})`, cause);
  }
  const values: unknown[] = Array.isArray(json) ? json : [json];
  if (values.length === 0) fail('expected at least one result, got an empty array');
  return values.map((value, index) => {
    const parsed = suiteResultSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const { issues } = parsed.error;
    const named = issues
      .slice(0, NAMED)
      .map(({ path, message }) => `${path.join('.') || 'result'}: ${message}`);
    const more = issues.length > NAMED ? `; and ${issues.length - NAMED} more` : '';
    return fail(
      `result ${index}: ${named.join('; ')}${more}; give a file that sake-bench run --json wrote with this version`,
    );
  });
}

/**
 * Reads a file of results.
 *
 * @throws {SakeError} `not-found` without the file, else as {@link parseSuiteResults}.
 */
export function readSuiteResults(path: string): SuiteResult[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SakeError(
      'not-found',
      `readSuiteResults: expected a file of results at ${path}, got none that can be read (${(cause as Error).message})`,
      { cause, details: { file: path } },
    );
  }
  return parseSuiteResults(text, path);
}
