import { SakeError, type PromptKind } from '@sakejs/spec';
import { checkTarget, type CalibrationTarget } from './calibrate-threshold.js';
import { checkFolds, type CrossFitOptions } from './group-folds.js';
import { WHO_WHAT_NOW, type StateLayer } from './query-states.js';
import { checkThreshold } from './vector-detector.js';

export type WhoWhatNowFactor = 'who' | 'what' | 'now';

export interface WhoWhatNowOptions extends CrossFitOptions {
  /** Number of blocks of the model; sets the default layers. */
  readonly layers: number;
  /** Layer of the subject states. Default: after ⌈3/8⌉ of the blocks (the second of four). */
  readonly whoLayer?: number;
  /** Layer of the `what` discriminant. Default: after ⌈3/4⌉ of the blocks (the third of four). */
  readonly whatLayer?: number;
  /** Layer of the `now` discriminant, or `'final'` for the input of the LM head. Default as `whatLayer`. */
  readonly nowLayer?: StateLayer;
  /** Default 0.3. */
  readonly whatShrinkage?: number;
  /** Default 0.2. */
  readonly nowShrinkage?: number;
  /**
   * Kinds of negatives that `now` is told from. Default topic changes, unrelated texts and other relations. With other
   * subjects and same objects among them it does not go by the answer that a state holds, but by what is asked.
   */
  readonly nowNegatives?: readonly PromptKind[];
  /**
   * States of a doubt, spread over its last three quarters, that `now` counts as positives beside the last. Default 0.
   * A doubt may end in any wording; with states from within, `now` learns what asks something else rather than which
   * endings doubts have.
   */
  readonly nowDoubtStates?: number;
  /** Most subject states kept; they cover the others. Default 32. */
  readonly subjectStates?: number;
  /** Factors that must hold, for ablations. Default all three. */
  readonly factors?: readonly WhoWhatNowFactor[];
  /**
   * Where each factor draws its own border on held-out prompts. Default: midway between the 3rd percentile of
   * positives and the 98th of negatives.
   */
  readonly factorTarget?: CalibrationTarget;
  /**
   * Threshold on the largest factor, each of which is scaled to have its own at 1. Default 1. A target
   * calibrates it on distances of held-out prompts (paraphrases, implications and doubts against all
   * negatives), which fits everything once more a fold.
   */
  readonly threshold?: number | CalibrationTarget;
}

const SOMETHING_ELSE_NOW: readonly PromptKind[] = ['topic-change', 'unrelated', 'other-relation'];

const FACTOR_TARGET: CalibrationTarget = { kind: 'midpoint', positivePercentile: 3, negativePercentile: 98 };

/** The options with their defaults. @throws {SakeError} `invalid-option` for what is out of range. */
export function whoWhatNowDefaults(options: WhoWhatNowOptions): Required<WhoWhatNowOptions> {
  const { layers } = options;
  const fail = (what: string): never => {
    throw new SakeError('invalid-option', `${WHO_WHAT_NOW}: expected ${what}`);
  };
  if (!Number.isInteger(layers) || layers < 1)
    fail(`layers to be the model's number of blocks, got ${layers}`);
  const whatLayer = options.whatLayer ?? Math.ceil((layers * 3) / 4) - 1;
  const checked: Required<WhoWhatNowOptions> = {
    layers,
    whoLayer: options.whoLayer ?? Math.ceil((layers * 3) / 8) - 1,
    whatLayer,
    nowLayer: options.nowLayer ?? whatLayer,
    whatShrinkage: options.whatShrinkage ?? 0.3,
    nowShrinkage: options.nowShrinkage ?? 0.2,
    nowNegatives: options.nowNegatives ?? SOMETHING_ELSE_NOW,
    nowDoubtStates: options.nowDoubtStates ?? 0,
    subjectStates: options.subjectStates ?? 32,
    factors: options.factors ?? ['who', 'what', 'now'],
    factorTarget: options.factorTarget ?? FACTOR_TARGET,
    threshold: options.threshold ?? 1,
    folds: options.folds ?? 5,
    seed: options.seed ?? 0,
  };
  for (const name of ['whoLayer', 'whatLayer', 'nowLayer'] as const) {
    const layer = checked[name];
    if (layer !== 'final' && (!Number.isInteger(layer) || layer < 0 || layer >= layers))
      fail(`${name} to be one of the ${layers} layers 0 to ${layers - 1}, got ${layer}`);
  }
  for (const name of ['whatShrinkage', 'nowShrinkage'] as const)
    if (!(checked[name] > 0 && checked[name] <= 1)) fail(`${name} in (0, 1], got ${checked[name]}`);
  if (!Number.isInteger(checked.subjectStates) || checked.subjectStates < 1)
    fail(`subjectStates >= 1, got ${checked.subjectStates}`);
  if (checked.nowNegatives.length === 0) fail('at least one kind of nowNegatives, got none');
  const { nowDoubtStates } = checked;
  if (!Number.isInteger(nowDoubtStates) || nowDoubtStates < 0)
    fail(`nowDoubtStates to be a whole number >= 0, got ${nowDoubtStates}`);
  if (nowDoubtStates > 0 && checked.nowLayer === 'final')
    fail("nowDoubtStates only with a nowLayer that has states of every position, got 'final'");
  const { factors } = checked;
  if (factors.length === 0 || factors.some((factor) => !['who', 'what', 'now'].includes(factor)))
    fail(`at least one of the factors who, what, now, got [${factors.join(', ')}]`);
  checkTarget(checked.factorTarget);
  checkThreshold(WHO_WHAT_NOW, checked.threshold);
  checkFolds(WHO_WHAT_NOW, checked.folds);
  return checked;
}
