import { SakeError } from '@sakejs/spec';

/** A line of a journal that is not as it was written. */
export interface DamagedLine {
  /** 1 for the first line. */
  readonly line: number;
  /** Bytes before it. */
  readonly offset: number;
  /** What is wrong with it. */
  readonly reason: string;
}

const MOVE = 'move the file away to begin anew';
export const REPAIR: string = `open it with \`repair: true\` to keep every whole line and have only the units of the damaged ones computed again, or ${MOVE}`;

/** `invalid-file` for a journal that must not be read on. */
export function damaged(
  file: string,
  { line, offset, reason }: DamagedLine,
  remedy: string = REPAIR,
): SakeError {
  return new SakeError(
    'invalid-file',
    `journal ${file}, line ${line} (byte ${offset}): expected the line as it was written, got ${reason}; ${remedy}`,
    { details: { file, line, offset } },
  );
}

/** `invalid-file` where not even a repair can tell whose units these are. */
export const beyondRepair = (file: string, line: DamagedLine): SakeError => damaged(file, line, MOVE);

/** `io` for what the system answered. */
export function ioError(doing: string, cause: unknown): SakeError {
  return new SakeError(
    'io',
    `${doing}: expected the file system to allow it, got ${cause instanceof Error ? cause.message : String(cause)}; check the folder's rights and the free space`,
    { cause },
  );
}

/** The system's error code, e.g. `ENOENT`. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
