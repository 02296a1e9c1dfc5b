import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

/** A schema for an option that is an interface of ours: an object with these functions. */
export function having<T>(...functions: readonly (keyof T & string)[]): z.ZodType<T> {
  return z.custom<T>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      functions.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
    `must have ${functions.join(', ')}`,
  );
}

/**
 * Options with their defaults in place.
 *
 * @throws {SakeError} `invalid-option` that names every option which is unknown or out of range.
 */
export function checkOptions<S extends z.ZodType>(where: string, schema: S, options: unknown): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new SakeError('invalid-option', `${where}: expected valid options, got ${problems.join('; ')}`, {
    details: { problems },
  });
}
