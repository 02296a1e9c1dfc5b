import { isSakeError, type SakeErrorCode } from '@sakejs/spec';

/** What a command's exit status means. */
export const ExitCode = {
  ok: 0,
  /** An unexpected failure: a bug. */
  internal: 1,
  /** The command line, a request or an option is wrong. */
  usage: 2,
  /** A file, model or edit is missing or broken. */
  data: 3,
  /** The work was done in part, or could not be done with what was given. */
  failed: 4,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const byCode: Readonly<Record<SakeErrorCode, ExitCode>> = {
  'invalid-request': ExitCode.usage,
  'invalid-option': ExitCode.usage,
  'invalid-input': ExitCode.usage,
  'unknown-kind': ExitCode.usage,
  'already-exists': ExitCode.usage,
  unsupported: ExitCode.usage,
  'invalid-file': ExitCode.data,
  'not-found': ExitCode.data,
  io: ExitCode.data,
  'shape-mismatch': ExitCode.failed,
  'not-enough-data': ExitCode.failed,
  numerical: ExitCode.failed,
  aborted: ExitCode.interrupted,
};

/** The exit status of an error that ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  return isSakeError(error) ? byCode[error.code] : ExitCode.internal;
}
