import type { TerminalStream } from './streams.js';

export interface ProgressOptions {
  /** Default `process.stderr`. */
  readonly stream?: TerminalStream;
  /** Nothing is shown before this much time has passed. Default 2000. */
  readonly delayMilliseconds?: number;
  /** Milliseconds clock, for tests. */
  readonly now?: () => number;
}

/** One line of progress that redraws itself. */
export interface Progress {
  /** Reports `done` of `total` units; `note` stands behind the bar. */
  update(done: number, total: number, note?: string): void;
  /** Clears the line. */
  end(): void;
}

/** `95` -> `1m 35s`; whole seconds, at most two units. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${String(s % 60).padStart(2, '0')}s`;
  return `${Math.floor(s / 3600)}h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')}m`;
}

/**
 * Progress with an ETA on a terminal; silent where the stream is none.
 *
 * The ETA is elapsed time × remaining / done, counted from the first update.
 */
export function createProgress(label: string, options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, delayMilliseconds = 2000, now = Date.now } = options;
  const started = now();
  let drawn = false;
  let last = -Infinity;
  let first: { at: number; done: number } | undefined;
  return {
    update(done, total, note = '') {
      if (!stream.isTTY) return;
      const at = now();
      first ??= { at, done };
      if (at - started < delayMilliseconds || (at - last < 100 && done < total)) return;
      last = at;
      const share = total > 0 ? done / total : 0;
      const eta =
        done > first.done && done < total
          ? ` ETA ${formatDuration((((at - first.at) / (done - first.done)) * (total - done)) / 1000)}`
          : '';
      const line = `${label} ${String(Math.floor(share * 100)).padStart(3)}% ${done}/${total}${eta}${note ? `  ${note}` : ''}`;
      stream.write(`\r\u001b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
      drawn = true;
    },
    end() {
      if (drawn) stream.write('\r\u001b[2K');
      drawn = false;
    },
  };
}
