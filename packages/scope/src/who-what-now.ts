import { SakeError, type Scope, type ScopeDetector, type ScopeInput } from '@sakejs/spec';
import { calibrateThreshold, describeTarget } from './calibrate-threshold.js';
import { keyed } from './group-folds.js';
import { layerNeeds, WHO_WHAT_NOW } from './query-states.js';
import { fitFactors, heldOutDistances } from './who-what-now-fit.js';
import {
  whoWhatNowDefaults,
  type WhoWhatNowFactor,
  type WhoWhatNowOptions,
  type WhoWhatNowSettings,
} from './who-what-now-options.js';
import { whoWhatNowScope } from './who-what-now-scope.js';

/**
 * A gate of three factors that must all hold: who is spoken of, what is asked of it, and is it asked now.
 *
 * - **who**: the state of some position p at `whoLayer` lies within θ of a subject state of the edit, the
 *   states of the subject's last token in all positives (Euclidean, nearest).
 * - **what**: from p on, the normalised state of some position at `whatLayer` is on the positive side of a
 *   shrunk discriminant between last tokens of paraphrases and implications and, in prompts about other
 *   relations of the subject, every position from the subject on.
 * - **now**: the last token's normalised state at `nowLayer` is on the positive side of a shrunk
 *   discriminant between last tokens of paraphrases, implications and doubts (with `nowDoubtStates` further states of
 *   doubts) and those of `nowNegatives`, by default topic changes, unrelated texts and other relations.
 *
 * A fourth factor may take the place of `who` where questions describe the subject by something else:
 *
 * - **meant**: the last token's normalised state at `meantLayer` is on the positive side of a shrunk discriminant
 *   between last tokens of paraphrases and implications and those of questions that mean other subjects.
 *
 * States are normalised as the model's own RMS norm does it, x / rms(x), so that the growth of the residual
 * stream with depth and its bulk at single positions do not count; subject states are compared as they are.
 * Each factor's threshold meets `factorTarget` on held-out positives and on negatives (`who`: prompts that do
 * not name the subject), folds over prompts: by default it is midway between the 3rd percentile of positives and
 * the 98th of negatives. The distance of a mention is the largest factor, each scaled to have its threshold
 * at 1: ‖h − s‖ / θ, and exp(−margin) of a discriminant. `match` gives the latest mention within the threshold,
 * else the nearest one, the latest of equals.
 *
 * Layers count blocks from 0; "after l blocks" is layer l − 1. `lastTokenActivation` serves only as
 * layer `'final'` of the factors that the last token decides: by default nothing looks at the final norm, since a state that knows the answer
 * already is alike for all questions with that answer.
 *
 * Limits: in models without a beginning-of-text token the first position's state hardly depends on its
 * token, so a one-token subject that begins the prompt cannot be told from others there.
 * Cost of a match: O(T d s) for T positions and s subject states. Stores s + 2 vectors.
 *
 * @throws {SakeError} `invalid-option` for layers or shrinkages out of range; from `fit`, `not-enough-data`
 * when a factor lacks prompts of its kinds (the message names the factor), `invalid-input` for a prompt about
 * the subject without `subjectPosition`, and what {@link Scope.match} throws for malformed states.
 */
export function whoWhatNow(options: WhoWhatNowOptions): ScopeDetector {
  const settings = whoWhatNowDefaults(options);
  const { factors, factorTarget, whoLayer, whatLayer, nowLayer, meantLayer, threshold, seed } = settings;
  const needs = layerNeeds([
    factors.includes('who') ? whoLayer : undefined,
    factors.includes('what') ? whatLayer : undefined,
    factors.includes('now') ? nowLayer : undefined,
    factors.includes('meant') ? meantLayer : undefined,
  ]);
  return {
    kind: WHO_WHAT_NOW,
    needs,
    fit: ({ positives, negatives }: ScopeInput): Scope => {
      if (positives.length === 0)
        throw new SakeError('not-enough-data', `${WHO_WHAT_NOW}: expected positives, got none`);
      const sides = { positives: keyed('positive', positives), negatives: keyed('negative', negatives) };
      const { parts, fits } = fitFactors(sides.positives, sides.negatives, settings);
      const described: Record<string, number | string | boolean> = {
        factors: factors.join(','),
        factorTarget: describeTargets(factors, factorTarget),
        seed,
        ...(parts.who && { whoLayer, subjectStates: parts.who.states.rows }),
        ...(parts.what && { whatLayer, whatShrinkage: settings.whatShrinkage }),
        ...(parts.now && {
          nowLayer,
          nowShrinkage: settings.nowShrinkage,
          nowNegatives: settings.nowNegatives.join(','),
          nowDoubtStates: settings.nowDoubtStates,
        }),
        ...(parts.meant && { meantLayer, meantShrinkage: settings.meantShrinkage }),
      };
      for (const [factor, { calibration, folds }] of Object.entries(fits)) {
        described[`${factor}FalseReject`] = calibration.falseReject!;
        described[`${factor}FalseAccept`] = calibration.falseAccept!;
        described[`${factor}Folds`] = folds;
      }
      if (typeof threshold === 'number')
        return whoWhatNowScope(parts, threshold, { ...described, calibration: 'given' });
      const { threshold: chosen, ...achieved } = calibrateThreshold({
        ...heldOutDistances(sides.positives, sides.negatives, settings),
        target: threshold,
      });
      return whoWhatNowScope(parts, chosen, {
        ...described,
        calibration: describeTarget(threshold),
        ...achieved,
      });
    },
  };
}

/** The targets of the factors in words: one where they are all alike. */
function describeTargets(
  factors: readonly WhoWhatNowFactor[],
  targets: WhoWhatNowSettings['factorTarget'],
): string {
  const [first, ...others] = [...new Set(factors.map((factor) => describeTarget(targets[factor])))];
  return others.length === 0
    ? first!
    : factors.map((factor) => `${factor} ${describeTarget(targets[factor])}`).join(', ');
}
