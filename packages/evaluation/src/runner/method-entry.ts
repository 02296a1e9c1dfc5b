import { SakeError, type EditMethod, type PromptGenerator } from '@sakejs/spec';

/** A row of the table: a method, or the unedited model. */
export interface MethodEntry {
  readonly name: string;
  /** Absent for `none`. */
  readonly method?: EditMethod;
  /** What tells this method's settings from others of its name: part of the key under which its work is kept. */
  readonly fingerprint?: string;
  /** Prompts of its own, in place of the run's. */
  readonly prompts?: PromptGenerator;
  /** Prompts an edit, in place of the run's. */
  readonly count?: number;
}

/** @throws {SakeError} `not-enough-data` without names, `invalid-option` for one that stands twice. */
export function checkNames(names: readonly string[], what: string): void {
  if (names.length === 0)
    throw new SakeError('not-enough-data', `runSuite: expected at least one ${what}, got none`);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new SakeError('invalid-option', `runSuite: expected each ${what} once, got ${twice} twice`);
}
