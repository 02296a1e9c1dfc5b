import { SakeError } from '@sakejs/spec';
import type { InstructionKind } from './instructions/instruction.js';
import type { CallFailure } from './prompt-writer.js';
import type { WrittenDistribution } from './written-distribution.js';

/**
 * Throws when a distribution is short of prompts, or short of another kind because replies failed.
 *
 * A model that knows fewer aliases than wanted is no failure. The error's details hold the distribution as far as it
 * came, `partial`, and say what it lacks.
 *
 * @throws {SakeError} `not-enough-data` when the model has no more prompts, `io` when replies did not come.
 */
export function requireWhole(partial: WrittenDistribution, count: number): void {
  const { failures, missing } = partial.report;
  const made = partial.prompts.length;
  const details = { made, count, dropped: partial.dropped, missing, failures, partial };
  const lost = failures.filter(({ kind }) => missing[kind] !== undefined);
  const rejected = failures.find(({ reason }) => reason === 'rejected');
  if (rejected !== undefined && lost.includes(rejected))
    throw new SakeError(
      'io',
      `generate: expected the server to accept the request, got ${rejected.message}; check model, key, base URL and parameters`,
      { details },
    );
  if (made < count)
    throw new SakeError(
      'not-enough-data',
      `generate: expected ${count} distinct prompts, got ${made}${after(partial.dropped)}${because(lost)}; ${remedy(lost, made)}`,
      { details },
    );
  if (lost.length > 0)
    throw new SakeError(
      'io',
      `generate: expected every reply, ${short(missing, lost)}${because(lost)}; ${remedy(lost, made)}`,
      {
        details,
      },
    );
}

function after(dropped: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(dropped).map(([reason, times]) => `${reason} ${times}`);
  return reasons.length === 0 ? '' : ` after dropping ${reasons.join(', ')}`;
}

function because(lost: readonly CallFailure[]): string {
  const first = lost[0];
  if (first === undefined) return '';
  const times = lost.length === 1 ? 'a reply' : `${lost.length} replies`;
  return ` as ${times} failed, the first (${first.kind}) by ${first.reason}: ${first.message}`;
}

function short(
  missing: Readonly<Partial<Record<InstructionKind, number>>>,
  lost: readonly CallFailure[],
): string {
  const kinds = [...new Set(lost.map(({ kind }) => kind))];
  return `got ${kinds.map((kind) => `${missing[kind]} ${kind} too few`).join(', ')}`;
}

function remedy(lost: readonly CallFailure[], made: number): string {
  return lost.length > 0
    ? `run it again, with a cache only what is missing is asked for, or take what there is with onShortfall: 'partial'`
    : `ask for at most ${made}`;
}
