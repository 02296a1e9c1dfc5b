/** What went wrong, in a word that programs can branch on. */
export type SakeErrorCode =
  | 'invalid-request'
  | 'invalid-option'
  | 'invalid-input'
  | 'invalid-file'
  | 'shape-mismatch'
  | 'not-enough-data'
  | 'not-found'
  | 'already-exists'
  | 'unknown-kind'
  | 'unsupported'
  | 'numerical'
  | 'aborted'
  | 'io';

export interface SakeErrorOptions {
  /** Machine-readable context: the offending value, file, line, tensor … Never a secret. */
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

const BRAND = 'sakejs.error';

/**
 * The one error type every package throws.
 *
 * Messages read `<function>: expected <what>, got <what>`, then the remedy.
 * Identity is carried by a string key, so that {@link isSakeError} also
 * recognises errors of a second installed copy of this package.
 */
export class SakeError extends Error {
  override readonly name = 'SakeError';
  readonly code: SakeErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /** Always `'sakejs.error'`. */
  readonly brand: string = BRAND;

  constructor(code: SakeErrorCode, message: string, options: SakeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Whether a thrown value is a {@link SakeError} of any installed copy. */
export function isSakeError(value: unknown): value is SakeError {
  return value instanceof Error && (value as { brand?: unknown }).brand === BRAND;
}

/** Throws `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted)
    throw new SakeError('aborted', `${where}: aborted by its signal`, { cause: signal.reason });
}
