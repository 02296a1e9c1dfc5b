import { SakeError } from '@sakejs/spec';

/** @throws {SakeError} `invalid-option` unless `value` is an integer of at least `least`. */
export function checkCount(where: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new SakeError(
      'invalid-option',
      `${where}: expected ${name} as an integer >= ${least}, got ${value}`,
    );
}

/** @throws {SakeError} `invalid-option` unless `value` is in 0..1. */
export function checkShare(where: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new SakeError('invalid-option', `${where}: expected ${name} in 0..1, got ${value}`);
}

/** @throws {SakeError} `not-enough-data` when fewer prompts were made than asked for. */
export function requireEnough(
  made: number,
  count: number,
  from: string,
  dropped: Readonly<Record<string, number>>,
): void {
  if (made >= count) return;
  const reasons = Object.entries(dropped).map(([reason, times]) => `${reason} ${times}`);
  const after = reasons.length === 0 ? '' : ` after dropping ${reasons.join(', ')}`;
  throw new SakeError(
    'not-enough-data',
    `generate: expected ${count} distinct prompts, got ${made} from ${from}${after}; ask for at most ${made}`,
    { details: { made, count, dropped } },
  );
}
