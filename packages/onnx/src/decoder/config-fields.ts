import { SakeError } from '@sakejs/spec';
import { activationNames, isActivationName, type ActivationName } from './activation.js';

/** A `config.json`, or an object within one. */
export type ConfigSource = Readonly<Record<string, unknown>>;

/** Whether a field is there and not null. */
export function isGiven(source: ConfigSource, name: string): boolean {
  return source[name] !== undefined && source[name] !== null;
}

/** A positive integer; null counts as absent. */
export function size(source: ConfigSource, name: string, fallback?: number): number {
  const value = isGiven(source, name) ? source[name] : fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(name, 'a positive integer', value);
}

/** A number above 0. */
export function positive(source: ConfigSource, name: string, fallback?: number): number {
  const value = source[name] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalid(name, 'a positive number', value);
}

export function flag(source: ConfigSource, name: string, fallback: boolean): boolean {
  const value = source[name] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw invalid(name, 'true or false', value);
}

export function activation(source: ConfigSource, name: string, fallback: ActivationName): ActivationName {
  const value = source[name] ?? fallback;
  if (isActivationName(value)) return value;
  throw unsupported(name, activationNames, value);
}

/** `total` by `parts`, which must divide it. */
export function quotient(name: string, total: number, parts: number): number {
  if (total % parts === 0) return total / parts;
  throw invalid(name, `a multiple of ${parts} heads`, total);
}

export function even(name: string, value: number): number {
  if (value % 2 === 0) return value;
  throw invalid(name, 'an even width, as rotary positions need', value);
}

/** Refuses a field that changes the computation in a way that no graph here does. */
export function refuse(source: ConfigSource, name: string, known: readonly unknown[]): void {
  if (!known.includes(source[name])) throw unsupported(name, known.map(describe), source[name]);
}

export function invalid(name: string, expected: string, got: unknown): SakeError {
  return new SakeError(
    'invalid-file',
    `parseDecoderConfig: expected ${expected} for "${name}", got ${describe(got)}`,
  );
}

export function unsupported(name: string, known: readonly string[], got: unknown): SakeError {
  return new SakeError(
    'unsupported',
    `parseDecoderConfig: expected one of ${known.join(', ')} for "${name}", got ${describe(got)}`,
  );
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
