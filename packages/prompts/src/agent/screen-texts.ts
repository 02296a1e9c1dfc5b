import type { EditRequest } from '@sakejs/spec';
import type { QualityGate } from '../quality/quality-gate.js';
import {
  countReasons,
  screenCandidates,
  standardGates,
  type DroppedCandidate,
} from '../quality/screen-candidates.js';
import type { Withholding } from '../withholding.js';
import type { ScreenedKind } from './collect-kind.js';

/** What entries of every kind are screened against. */
export interface EntryContext {
  readonly request: EditRequest;
  readonly withholding: Withholding;
  /** Gates of texts. Default: those of `screenCandidates`. */
  readonly gates?: readonly QualityGate[] | undefined;
}

/** Texts through the gates, each as what it stands for. */
export function screenTexts<Kept>(
  texts: readonly string[],
  kind: 'paraphrase' | 'implication' | 'doubt',
  taken: readonly string[],
  wanted: number,
  { request, withholding, gates = standardGates }: EntryContext,
  keep: (text: string) => Kept,
): ScreenedKind<Kept> {
  const { accepted, dropped } = screenCandidates(texts, {
    request,
    kind,
    withhold: withholding,
    taken,
    count: wanted,
    gates,
  });
  return { kept: accepted.map(({ text }) => keep(text)), dropped };
}

/** Drops of the gates and of what a kind itself refuses. */
export function withRejections(
  dropped: Readonly<Record<string, number>>,
  rejected: readonly DroppedCandidate[],
): Readonly<Record<string, number>> {
  const total = { ...dropped };
  for (const [reason, times] of Object.entries(countReasons(rejected)))
    total[reason] = (total[reason] ?? 0) + times;
  return total;
}
