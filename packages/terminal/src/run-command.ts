import { SakeError } from '@sakejs/spec';
import { ExitCode } from './exit-code.js';
import { reportError, type ReportOptions } from './report-error.js';

/**
 * Runs a command's body with Ctrl-C and SIGTERM turned into an abort signal, and gives its exit status.
 *
 * What the body throws is told as {@link reportError} does. A second Ctrl-C ends the process at once. A reader that
 * closes the pipe early (`| head`) ends it quietly.
 */
export async function runCommand(
  body: (signal: AbortSignal) => Promise<void>,
  options: ReportOptions = {},
): Promise<ExitCode> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.stdout.on('error', endOnClosedPipe);
  try {
    await body(controller.signal);
    return ExitCode.ok;
  } catch (error) {
    if (!controller.signal.aborted) return reportError(error, options);
    return reportError(
      new SakeError('aborted', 'interrupted; what was finished before is kept', { cause: error }),
      options,
    );
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.stdout.off('error', endOnClosedPipe);
  }
}

function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(ExitCode.ok);
  throw error;
}
