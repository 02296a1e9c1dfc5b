import { throwIfAborted } from '@sakejs/spec';
import type { ModelGate } from './quality-gate.js';
import {
  countReasons,
  gateContext,
  screenCandidates,
  type DroppedCandidate,
  type Screened,
  type ScreenOptions,
} from './screen-candidates.js';

export interface ModelScreenOptions extends ScreenOptions {
  /** Asked one after the other, each about what the ones before it let pass. */
  readonly modelGates: readonly ModelGate[];
  readonly signal?: AbortSignal;
}

/**
 * As {@link screenCandidates}, then gates that ask a model.
 *
 * All candidates are read: `count` bounds what is accepted in the end.
 *
 * @throws {SakeError} `aborted`; what the model throws.
 */
export async function screenWithModel(
  candidates: Iterable<string>,
  { modelGates, signal, count = Infinity, ...options }: ModelScreenOptions,
): Promise<Screened> {
  const { accepted, rejected } = screenCandidates(candidates, options);
  const context = gateContext(options);
  const all: DroppedCandidate[] = [...rejected];
  let left = accepted;
  for (const gate of modelGates) {
    if (left.length === 0 || (gate.kinds !== undefined && !gate.kinds.includes(context.kind))) continue;
    throwIfAborted(signal, 'screenWithModel');
    const verdicts = await gate.checkAll(left, { ...context, kept: left }, signal);
    all.push(
      ...left
        .filter((_, place) => !verdicts[place])
        .map(({ text, index }) => ({ text, index, reason: gate.name })),
    );
    left = left.filter((_, place) => verdicts[place]);
  }
  return {
    accepted: left.slice(0, count),
    rejected: all.sort((a, b) => a.index - b.index),
    dropped: countReasons(all),
  };
}
