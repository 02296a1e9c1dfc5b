import { SakeError, type PromptKind } from '@sakejs/spec';
import { checkTarget, type CalibrationTarget } from './calibrate-threshold.js';
import { checkFolds, type CrossFitOptions } from './group-folds.js';
import { WHO_WHAT_NOW, type StateLayer } from './query-states.js';
import { checkThreshold } from './vector-detector.js';

/** A factor of {@link whoWhatNow}: by default the first three. */
export type WhoWhatNowFactor = 'who' | 'what' | 'now' | 'meant';

/** Every factor there is. */
export const whoWhatNowFactors: readonly WhoWhatNowFactor[] = ['who', 'what', 'now', 'meant'];

/** A target for each factor. */
export type FactorTargets = Readonly<Partial<Record<WhoWhatNowFactor, CalibrationTarget>>>;

/** The options with their defaults, and a target for every factor. */
export type WhoWhatNowSettings = Required<Omit<WhoWhatNowOptions, 'factorTarget'>> & {
  readonly factorTarget: Required<FactorTargets>;
};

export interface WhoWhatNowOptions extends CrossFitOptions {
  /** Number of blocks of the model; sets the default layers. */
  readonly layers: number;
  /** Layer of the subject states. Default: after ⌈3/8⌉ of the blocks (the second of four). */
  readonly whoLayer?: number;
  /** Layer of the `what` discriminant. Default: after ⌈3/4⌉ of the blocks (the third of four). */
  readonly whatLayer?: number;
  /** Layer of the `now` discriminant, or `'final'` for the input of the LM head. Default as `whatLayer`. */
  readonly nowLayer?: StateLayer;
  /** Layer of the `meant` discriminant. Default: after the last block. */
  readonly meantLayer?: StateLayer;
  /** Default 0.3. */
  readonly whatShrinkage?: number;
  /** Default 0.2. */
  readonly nowShrinkage?: number;
  /** Default 0.2. */
  readonly meantShrinkage?: number;
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
  /**
   * Factors that must hold. Default who, what and now. `meant` is for questions that describe the subject and so do not name
   * it.
   */
  readonly factors?: readonly WhoWhatNowFactor[];
  /**
   * Where each factor draws its own border on held-out prompts. Default: midway between the 3rd percentile of
   * positives and the 98th of negatives. By factor, those that are left out have the default.
   */
  readonly factorTarget?: CalibrationTarget | FactorTargets;
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
export function whoWhatNowDefaults(options: WhoWhatNowOptions): WhoWhatNowSettings {
  const { layers } = options;
  const fail = (what: string): never => {
    throw new SakeError('invalid-option', `${WHO_WHAT_NOW}: expected ${what}`);
  };
  if (!Number.isInteger(layers) || layers < 1)
    fail(`layers to be the model's number of blocks, got ${layers}`);
  const whatLayer = options.whatLayer ?? Math.ceil((layers * 3) / 4) - 1;
  const checked: WhoWhatNowSettings = {
    layers,
    whoLayer: options.whoLayer ?? Math.ceil((layers * 3) / 8) - 1,
    whatLayer,
    nowLayer: options.nowLayer ?? whatLayer,
    meantLayer: options.meantLayer ?? layers - 1,
    whatShrinkage: options.whatShrinkage ?? 0.3,
    nowShrinkage: options.nowShrinkage ?? 0.2,
    meantShrinkage: options.meantShrinkage ?? 0.2,
    nowNegatives: options.nowNegatives ?? SOMETHING_ELSE_NOW,
    nowDoubtStates: options.nowDoubtStates ?? 0,
    subjectStates: options.subjectStates ?? 32,
    factors: options.factors ?? ['who', 'what', 'now'],
    factorTarget: targetsOf(options.factorTarget),
    threshold: options.threshold ?? 1,
    folds: options.folds ?? 5,
    seed: options.seed ?? 0,
  };
  for (const name of ['whoLayer', 'whatLayer', 'nowLayer', 'meantLayer'] as const) {
    const layer = checked[name];
    if (layer !== 'final' && (!Number.isInteger(layer) || layer < 0 || layer >= layers))
      fail(`${name} to be one of the ${layers} layers 0 to ${layers - 1}, got ${layer}`);
  }
  for (const name of ['whatShrinkage', 'nowShrinkage', 'meantShrinkage'] as const)
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
  if (factors.length === 0 || factors.some((factor) => !whoWhatNowFactors.includes(factor)))
    fail(`at least one of the factors ${whoWhatNowFactors.join(', ')}, got [${factors.join(', ')}]`);
  Object.values(checked.factorTarget).forEach(checkTarget);
  checkThreshold(WHO_WHAT_NOW, checked.threshold);
  checkFolds(WHO_WHAT_NOW, checked.folds);
  return checked;
}

/** A target for every factor: the one that is given for all, or by factor with the default for the others. */
function targetsOf(given: WhoWhatNowOptions['factorTarget']): Required<FactorTargets> {
  const common = given !== undefined && 'kind' in given ? given : FACTOR_TARGET;
  const targets = { who: common, what: common, now: common, meant: common };
  return given === undefined || 'kind' in given ? targets : { ...targets, ...given };
}
