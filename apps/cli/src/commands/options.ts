import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

/** What every command that opens a library takes. */
export const libraryOptions = {
  library: z.string().min(1, 'expected a folder'),
  with: z.array(z.string()).default([]),
  json: z.boolean().default(false),
};

export const modelOptions = {
  model: z.string().min(1, 'expected embedded or a folder'),
  threads: wholeNumber(1),
};

export const replaceOption = { replace: z.boolean().default(false) };

/** A whole number of at least `least`. */
export function wholeNumber(least: number): z.ZodInt {
  const message = `expected a whole number of at least ${least}`;
  return z.int(message).min(least, message);
}

/** @throws {SakeError} `invalid-option` with every complaint, by flag. */
export function parseOptions<T>(schema: z.ZodType<T>, raw: unknown, command: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(({ path, message }) => `${flagOf(path)}: ${message}`);
  throw new SakeError(
    'invalid-option',
    `sake ${command}: ${[...new Set(complaints)].join('; ')}; see sake ${command} --help`,
  );
}

/** `['maxTokens']` -> `--max-tokens` */
function flagOf([name]: readonly PropertyKey[]): string {
  return `--${String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
