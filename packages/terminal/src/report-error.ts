import { isSakeError } from '@sakejs/spec';
import { ExitCode, exitCodeOf } from './exit-code.js';
import type { Streams } from './streams.js';

export interface ReportOptions {
  /** Whether errors go to stdout too, as `{"error": {code, message, details}}`. */
  readonly json?: boolean;
  readonly streams?: Streams;
}

/**
 * Says what ended a command, and gives its exit status.
 *
 * One line on stderr for a typed error; anything else is a bug and shows its stack. With `json`, stdout gets the error
 * as an object.
 */
export function reportError(
  error: unknown,
  { json = false, streams = process }: ReportOptions = {},
): ExitCode {
  const { stdout, stderr } = streams;
  const message = error instanceof Error ? error.message : String(error);
  const typed = isSakeError(error);
  const { code, details } = typed ? error : { code: 'internal', details: {} };
  if (json) stdout.write(`${JSON.stringify({ error: { code, message: oneLine(message), details } })}\n`);
  if (typed) stderr.write(`error: ${oneLine(message)}\n`);
  else stderr.write(`internal error: ${(error instanceof Error && error.stack) || message}\n`);
  return typed ? exitCodeOf(error) : ExitCode.internal;
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, ' ');
}
