import { actAdd, actAddOriginal, grace } from '@sakejs/baselines';
import type { ModelInfo, ScopeDetector } from '@sakejs/spec';
import { buresWasserstein } from '@sakejs/transport';
import { createMethod, steeringScope } from 'sakejs';
import { shareScope } from '../../ablations/share-scope.js';
import { blocks, sharedGates, sweep, type Sweep } from './sweep.js';

/** The gate of `sake` with its factors' borders at other percentiles of the negatives. */
const bordered = (info: ModelInfo, negativePercentile: number): ScopeDetector =>
  steeringScope(info, {
    factorTarget: { kind: 'midpoint', positivePercentile: 3, negativePercentile },
  });

/** Percentiles of the negatives between which and the positives a gate draws its borders; 90 is what `sake` has. */
const borders = [80, 90, 98] as const;

/** Methods that steer activations: all behind the gate of `sake`, but for `grace`, which has its own. */
export const activationSweeps: Readonly<Record<string, Sweep>> = {
  sake: sweep(
    () => ({ ridge: [0.1, 1, 10, 100], targetRidge: [1e-3, 1e-2, 1e-1] }),
    ({ ridge, targetRidge }, { info }, share) =>
      share((scope) =>
        createMethod('sake', info, {
          mapper: buresWasserstein({ ridge, targetRidge }),
          implications: false,
          ...(scope && { scope }),
        }),
      ),
    shareScope,
  ),
  uniform: sweep(
    () => ({
      targets: ['obeying', 'all'] as const,
      sources: ['plain and forced', 'plain'] as const,
      border: borders,
    }),
    ({ targets, sources, border }, { info }, gates) =>
      // Forced sources are among what a gate is fitted on.
      gates(`${border} ${sources}`)((scope = bordered(info, border)) =>
        createMethod('uniform', info, { targets, forcedSource: sources === 'plain and forced', scope }),
      ),
    sharedGates,
  ),
  actadd: sweep(
    () => ({ border: borders, nowShrinkage: [0.1, 0.2, 0.3, 0.4] }),
    ({ border, nowShrinkage }, { info }) =>
      actAdd({
        scope: steeringScope(info, {
          factorTarget: { kind: 'midpoint', positivePercentile: 3, negativePercentile: border },
          nowShrinkage,
        }),
      }),
  ),
  'actadd-original': sweep(
    (info) => ({
      layer: blocks(info),
      position: ['first', 'last'] as const,
      contrast: ['objects', 'statements', 'contexts'] as const,
      coefficient: [1, 2.5, 5],
    }),
    (setting, { info }, share) =>
      share((scope = steeringScope(info)) => actAddOriginal({ ...setting, scope })),
    shareScope,
  ),
  grace: sweep(
    (info) => ({ layer: blocks(info), radius: [0.2, 0.3, 0.35, 0.4, 0.5], start: ['cold', 'warm'] as const }),
    ({ layer, radius, start }) => grace({ layer, start, radius: { ofNorm: radius } }),
  ),
};
