/** Where progress and messages go: a stream that may be a terminal. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** What a command writes to; a process offers both. */
export interface Streams {
  /** Results only. */
  readonly stdout: TerminalStream;
  /** Progress, notes and errors. */
  readonly stderr: TerminalStream;
}
