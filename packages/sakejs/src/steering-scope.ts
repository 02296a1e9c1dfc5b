import { whoWhatNow, type WhoWhatNowOptions } from '@sakejs/scope';
import type { ModelInfo, PromptKind, ScopeDetector } from '@sakejs/spec';

/** Every kind of text that asks something else than the edit. */
export const otherQuestions: readonly PromptKind[] = [
  'topic-change',
  'other-subject',
  'same-object',
  'other-relation',
];

/**
 * The gate of `sake`, and of what is compared with it by its map alone: who, what, now.
 *
 * Layers, kinds and borders were chosen on the embedded dev records (docs/findings.md).
 *
 * @param changes what shall be otherwise.
 * @throws {SakeError} `invalid-option`, as `whoWhatNow`.
 */
export const steeringScope = (
  { layers }: Pick<ModelInfo, 'layers'>,
  changes: Omit<Partial<WhoWhatNowOptions>, 'layers'> = {},
): ScopeDetector =>
  whoWhatNow({
    layers,
    nowLayer: Math.ceil((layers * 3) / 8) - 1,
    nowNegatives: otherQuestions,
    nowDoubtStates: 8,
    nowShrinkage: 0.3,
    factorTarget: { kind: 'midpoint', positivePercentile: 3, negativePercentile: 90 },
    ...changes,
  });
