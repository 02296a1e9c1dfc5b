import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

/**
 * The value of a JSON text, checked.
 *
 * @param where the file, and the line where there are many, for errors.
 * @throws {SakeError} `invalid-file` when the text is no JSON or not of the schema.
 */
export function parseJson<T>(text: string, where: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SakeError(
      'invalid-file',
      `parseJson: expected JSON, got ${(cause as Error).message} at ${where}; read the file again from its source`,
      { cause, details: { where } },
    );
  }
  const result = schema.safeParse(value);
  if (!result.success)
    throw new SakeError(
      'invalid-file',
      `parseJson: expected another shape, got ${z.prettifyError(result.error)} at ${where}; read the file again from its source`,
      { cause: result.error, details: { where } },
    );
  return result.data;
}

/** The values of a text with one JSON value a line; blank lines are skipped. */
export function parseJsonLines<T>(text: string, file: string, schema: z.ZodType<T>): T[] {
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseJson(line, `${file}:${index + 1}`, schema)]));
}
