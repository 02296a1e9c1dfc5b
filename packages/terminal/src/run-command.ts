import { SakeError } from '@sakejs/spec';
import { ExitCode } from './exit-code.js';
import { reportError, type ReportOptions } from './report-error.js';
import type { Streams, TerminalStream } from './streams.js';

/**
 * Runs a command's body with Ctrl-C and SIGTERM turned into an abort signal, and gives its exit status.
 *
 * What the body throws is told as {@link reportError} does. A second Ctrl-C ends the process at once. A reader that
 * closes the pipe early (`| head`) ends it quietly.
 *
 * @param body Given streams to write to: with `json`, an error behind a result on stdout is told on stderr alone, so that
 * stdout stays one JSON text.
 */
export async function runCommand(
  body: (signal: AbortSignal, streams: Streams) => Promise<void>,
  options: ReportOptions = {},
): Promise<ExitCode> {
  const { streams = process, json = false } = options;
  const { stdout, hasWritten } = watched(streams.stdout);
  const report = (error: unknown): ExitCode => reportError(error, { streams, json: json && !hasWritten() });
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.stdout.on('error', endOnClosedPipe);
  try {
    await body(controller.signal, { stdout, stderr: streams.stderr });
    return ExitCode.ok;
  } catch (error) {
    if (!controller.signal.aborted) return report(error);
    return report(
      new SakeError('aborted', 'interrupted; what was finished before is kept', { cause: error }),
    );
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.stdout.off('error', endOnClosedPipe);
  }
}

/** A stream that knows whether anything was written to it. */
function watched(stream: TerminalStream): { readonly stdout: TerminalStream; hasWritten(): boolean } {
  let written = false;
  return {
    stdout: {
      isTTY: stream.isTTY,
      columns: stream.columns,
      write: (text) => {
        written = true;
        return stream.write(text);
      },
    },
    hasWritten: () => written,
  };
}

function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(ExitCode.ok);
  throw error;
}
