import type { EditRequest } from '@sakejs/spec';
import type { ModelGate, QualityGate } from '../quality/quality-gate.js';
import {
  countReasons,
  screenCandidates,
  standardGates,
  type DroppedCandidate,
} from '../quality/screen-candidates.js';
import { screenWithModel } from '../quality/screen-with-model.js';
import type { Withholding } from '../withholding.js';
import type { ScreenedKind } from './collect-kind.js';

/** What entries of every kind are screened against. */
export interface EntryContext {
  readonly request: EditRequest;
  readonly withholding: Withholding;
  /** Gates of texts. Default: those of `screenCandidates`. */
  readonly gates?: readonly QualityGate[] | undefined;
  /** Asked about what those let pass. Default: none. */
  readonly modelGates?: readonly ModelGate[];
  readonly signal?: AbortSignal;
}

/** Texts through the gates, each as what it stands for. */
export async function screenTexts<Kept>(
  texts: readonly string[],
  kind: 'paraphrase' | 'implication' | 'doubt',
  taken: readonly string[],
  wanted: number,
  { request, withholding, gates = standardGates, modelGates = [], signal }: EntryContext,
  keep: (text: string) => Kept,
): Promise<ScreenedKind<Kept>> {
  const options = { request, kind, withhold: withholding, taken, count: wanted, gates };
  const { accepted, dropped } =
    modelGates.length === 0
      ? screenCandidates(texts, options)
      : await screenWithModel(texts, {
          ...options,
          modelGates,
          ...(signal === undefined ? {} : { signal }),
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
