/** What went wrong inside a message, and the path to it. */
export class CodecError extends Error {
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[], cause?: unknown) {
    super(message, { cause });
    this.path = path;
  }
}

/** An error whose place is not known yet. */
export function mismatch(expected: string, got: string): CodecError {
  return new CodecError(`expected ${expected}, got ${got}`, []);
}

/** The same error, one step further from the root. */
export function located(error: unknown, step: string): CodecError {
  if (error instanceof CodecError) return new CodecError(error.message, [step, ...error.path], error.cause);
  const reason = error instanceof Error ? error.message : String(error);
  return new CodecError(`expected a readable value, got "${reason}"`, [step], error);
}
