import { isSakeError, SakeError, type SakeErrorCode } from '@sakejs/spec';

/** A unit's error as results keep it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** Set where the prompt source failed, not the method. */
  readonly ofPrompts?: true;
}

/** What keeps one edit from being learned and says nothing of the next: no failure of the run. */
const unlearnable: ReadonlySet<SakeErrorCode> = new Set<SakeErrorCode>([
  'not-found',
  'not-enough-data',
  'invalid-request',
  'invalid-input',
  'numerical',
  'unsupported',
]);

/** What would befall every unit: the run ends. */
const fatal: ReadonlySet<SakeErrorCode> = new Set<SakeErrorCode>([
  'aborted',
  'invalid-option',
  'unknown-kind',
  'shape-mismatch',
]);

/** The value of the work, or how it failed; a failure that would befall every unit is thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<{ value: T } | { failure: Failure }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isSakeError(error) && fatal.has(error.code)) throw error;
    return { failure: failureOf(error) };
  }
}

/** Whether an edit with this failure simply cannot be learned; anything else is an error of the run. */
export function isUnlearnable({ code }: Failure): boolean {
  return unlearnable.has(code as SakeErrorCode);
}

function failureOf(error: unknown): Failure {
  if (isSakeError(error)) return { code: error.code, message: error.message };
  return { code: 'unexpected', message: error instanceof Error ? error.message : String(error) };
}

/** The error of a run in which no case has prompts. */
export function noPrompts(failures: readonly Failure[], source: string): SakeError {
  return new SakeError(
    'not-enough-data',
    `runSuite: expected the prompt source '${source}' to have prompts for at least one record, got none for ` +
      `any of ${failures.length}; choose a source that knows these relations, such as a file of hand-written prompts. ` +
      `The first record: ${failures[0]?.message ?? 'no message'}`,
  );
}
