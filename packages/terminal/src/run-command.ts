import { isSakeError } from '@sakejs/spec';
import { ExitCode, exitCodeOf } from './exit-code.js';

export interface RunCommandOptions {
  /** Whether errors go to stdout as `{"error": {code, message, details}}`. */
  readonly json?: boolean;
}

/**
 * Runs a command's body with Ctrl-C turned into an abort signal, and gives its exit status.
 *
 * Typed errors become one line on stderr (or JSON on stdout); anything else is a bug and shows its stack. A
 * second Ctrl-C ends the process at once.
 */
export async function runCommand(
  body: (signal: AbortSignal) => Promise<void>,
  { json = false }: RunCommandOptions = {},
): Promise<ExitCode> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    await body(controller.signal);
    return ExitCode.ok;
  } catch (error) {
    if (controller.signal.aborted) {
      process.stderr.write('interrupted; what was finished is kept\n');
      return ExitCode.interrupted;
    }
    const code = exitCodeOf(error);
    if (isSakeError(error)) {
      if (json)
        process.stdout.write(
          `${JSON.stringify({ error: { code: error.code, message: error.message, details: error.details } })}\n`,
        );
      else process.stderr.write(`error: ${error.message}\n`);
    } else
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return code;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
