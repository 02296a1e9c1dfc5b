import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

/** What every command takes. */
export const libraryOptions = {
  library: z.string().min(1),
  with: z.array(z.string()).default([]),
  json: z.boolean().default(false),
};

export const modelOptions = {
  model: z.string().min(1),
  threads: z.int('expected --threads to be a whole number').min(1, 'expected --threads of at least 1'),
};

/** @throws {SakeError} `invalid-option` with every complaint. */
export function parseOptions<T>(schema: z.ZodType<T>, raw: unknown, command: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SakeError(
    'invalid-option',
    `sake ${command}: ${parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; ')}`,
  );
}

/** Prints one JSON object, or a text. */
export function print(json: boolean, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
}
