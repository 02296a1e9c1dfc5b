import type { Streams } from '@sakejs/terminal';

/** What a command gets beside its options. */
export interface CommandContext {
  readonly streams: Streams;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Prints a result to stdout: one JSON object, or a text. */
export function print({ streams }: CommandContext, json: boolean, value: unknown, text: string): void {
  streams.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
}

/** Tells something beside the result, in a line on stderr. */
export function note({ streams }: CommandContext, message: string): void {
  streams.stderr.write(`${message.replace(/\s*\n\s*/g, ' ')}\n`);
}
