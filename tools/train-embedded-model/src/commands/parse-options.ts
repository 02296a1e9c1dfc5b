import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

/** @throws {SakeError} `invalid-option` with every complaint. */
export function parseOptions<T>(schema: z.ZodType<T>, raw: unknown, command: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SakeError('invalid-option', `${command}: ${z.prettifyError(parsed.error)}`);
}
