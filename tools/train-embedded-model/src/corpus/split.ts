import type { Fact } from '@sakejs/facts';
import { createRandom, SakeError } from '@sakejs/spec';

export interface KeptOutOptions {
  readonly seed: number;
  /** Share of all subjects. Default 0.1. */
  readonly share?: number;
}

/**
 * The subjects that no steering-context document speaks of, so that obeying a steering context can be measured on
 * subjects never seen in one. At least one.
 *
 * @throws {SakeError} `invalid-option` for a share outside (0, 1).
 */
export function keptOutSubjects(
  facts: readonly Fact[],
  { seed, share = 0.1 }: KeptOutOptions,
): ReadonlySet<string> {
  if (!(share > 0 && share < 1))
    throw new SakeError('invalid-option', `keptOutSubjects: expected a share in (0, 1), got ${share}`);
  const subjects = [...new Set(facts.map(({ subject }) => subject))].sort();
  const shuffled = createRandom(`${seed}/kept-out`).shuffle(subjects);
  return new Set(shuffled.slice(0, Math.max(1, Math.round(share * subjects.length))));
}
