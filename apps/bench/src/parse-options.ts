import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

/** A whole number of at least `least`. */
export function wholeNumber(least: number): z.ZodInt {
  const message = `expected a whole number of at least ${least}`;
  return z.int(message).min(least, message);
}

/** Names of a comma-separated list, each one of those that are known, or one that is `allowed` besides. */
export function namesAmong<const Name extends string>(
  known: readonly Name[],
  allowed: (name: string) => boolean = () => false,
): z.ZodType<Name[]> {
  const isKnown = (name: string): name is Name => known.some((other) => other === name) || allowed(name);
  return z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .pipe(
      z.array(z.custom<Name>((name) => isKnown(String(name)), `expected names among ${known.join(', ')}`)),
    );
}

/** @throws {SakeError} `invalid-option` with every complaint, by flag. */
export function parseOptions<T>(schema: z.ZodType<T>, raw: unknown, command: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(({ path, message }) => `${flagOf(path)}: ${message}`);
  throw new SakeError(
    'invalid-option',
    `sake-bench ${command}: ${[...new Set(complaints)].join('; ')}; see sake-bench ${command} --help`,
  );
}

/** `['hiddenTensor']` -> `--hidden-tensor` */
function flagOf([name]: readonly PropertyKey[]): string {
  return `--${String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
