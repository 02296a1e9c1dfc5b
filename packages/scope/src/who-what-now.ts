import {
  SakeError,
  type LabelledQuery,
  type Matrix,
  type PromptKind,
  type Scope,
  type ScopeDetector,
  type ScopeInput,
  type Vector,
} from '@sakejs/spec';
import {
  calibrateThreshold,
  describeTarget,
  type Calibration,
  type CalibrationTarget,
} from './calibrate-threshold.js';
import { fitDiscriminant, type PromptStates } from './discriminant.js';
import { checkFolds, groupFolds, keyed, type CrossFitOptions, type Keyed } from './group-folds.js';
import { fitSubjectStates, positionState } from './subject-states.js';
import { checkThreshold } from './vector-detector.js';
import {
  lastState,
  layerStates,
  mentionDistances,
  partNeeds,
  WHO_WHAT_NOW,
  whoWhatNowScope,
  type StateLayer,
  type WhoWhatNowParts,
} from './who-what-now-scope.js';

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
  /** Most subject states kept; they cover the others. Default 32. */
  readonly subjectStates?: number;
  /** Factors that must hold, for ablations. Default all three. */
  readonly factors?: readonly WhoWhatNowFactor[];
  /**
   * Threshold on the largest factor, each of which is scaled to have its own at 1. Default 1. A target
   * calibrates it on distances of held-out prompts (paraphrases, implications and doubts against all
   * negatives), which fits everything once more a fold.
   */
  readonly threshold?: number | CalibrationTarget;
}

/** Midway between the 3rd percentile of positives and the 98th of negatives. */
const FACTOR_TARGET: CalibrationTarget = { kind: 'midpoint', positivePercentile: 3, negativePercentile: 98 };
const ASKED: readonly PromptKind[] = ['paraphrase', 'implication'];
const IN_SCOPE: readonly PromptKind[] = [...ASKED, 'doubt'];
const SUBJECT_ABSENT: readonly PromptKind[] = ['other-subject', 'same-object', 'unrelated'];
const SOMETHING_ELSE_NOW: readonly PromptKind[] = ['topic-change', 'unrelated', 'other-relation'];

/** What one fit found out about itself, by factor. */
interface FittedParts {
  readonly parts: WhoWhatNowParts;
  readonly calibrations: Readonly<Partial<Record<WhoWhatNowFactor, Calibration>>>;
}

/**
 * A gate of three factors that must all hold: who is spoken of, what is asked of it, and is it asked now.
 *
 * - **who**: the state of some position p at `whoLayer` lies within θ of a subject state of the edit, the
 *   states of the subject's last token in all positives (Euclidean, nearest).
 * - **what**: from p on, the normalised state of some position at `whatLayer` is on the positive side of a
 *   shrunk discriminant between last tokens of paraphrases and implications and, in prompts about other
 *   relations of the subject, every position from the subject on.
 * - **now**: the last token's normalised state at `nowLayer` is on the positive side of a shrunk
 *   discriminant between last tokens of paraphrases, implications and doubts and those of topic changes,
 *   unrelated texts and other relations.
 *
 * States are normalised as the model's own RMS norm does it, x / rms(x), so that the growth of the residual
 * stream with depth and its bulk at single positions do not count; subject states are compared as they are.
 * Each factor's threshold is midway between the 3rd percentile of held-out positives and the 98th of
 * negatives (`who`: prompts that do not name the subject), folds over prompts. The distance of a mention is
 * max(who, what, now), each scaled to have its threshold at 1: ‖h − s‖ / θ, and exp(−margin) of a
 * discriminant. `match` gives the latest mention within the threshold, else the nearest.
 *
 * Layers count blocks from 0; "after l blocks" is layer l − 1. `lastTokenActivation` serves only as
 * `nowLayer: 'final'`: by default nothing looks at the final norm, since a state that knows the answer
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
  const settings = checkOptions(options);
  const { factors, whoLayer, whatLayer, nowLayer, threshold, folds, seed } = settings;
  const needs = partNeeds([
    factors.includes('who') ? whoLayer : undefined,
    factors.includes('what') ? whatLayer : undefined,
    factors.includes('now') ? nowLayer : undefined,
  ]);
  return {
    kind: WHO_WHAT_NOW,
    needs,
    fit: ({ positives, negatives }: ScopeInput): Scope => {
      if (positives.length === 0)
        throw new SakeError('not-enough-data', `${WHO_WHAT_NOW}: expected positives, got none`);
      const sides = { positives: keyed('positive', positives), negatives: keyed('negative', negatives) };
      const { parts, calibrations } = fitParts(sides.positives, sides.negatives, settings);
      const described: Record<string, number | string | boolean> = {
        factors: factors.join(','),
        folds,
        seed,
        ...(parts.who && { whoLayer, subjectStates: parts.who.states.rows }),
        ...(parts.what && { whatLayer, whatShrinkage: settings.whatShrinkage }),
        ...(parts.now && { nowLayer, nowShrinkage: settings.nowShrinkage }),
      };
      for (const [factor, calibration] of Object.entries(calibrations)) {
        described[`${factor}FalseReject`] = calibration.falseReject!;
        described[`${factor}FalseAccept`] = calibration.falseAccept!;
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

function checkOptions(options: WhoWhatNowOptions): Required<WhoWhatNowOptions> {
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
    subjectStates: options.subjectStates ?? 32,
    factors: options.factors ?? ['who', 'what', 'now'],
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
  const { factors } = checked;
  if (factors.length === 0 || factors.some((factor) => !['who', 'what', 'now'].includes(factor)))
    fail(`at least one of the factors who, what, now, got [${factors.join(', ')}]`);
  checkThreshold(WHO_WHAT_NOW, checked.threshold);
  checkFolds(WHO_WHAT_NOW, checked.folds);
  return checked;
}

const ofKind = (queries: readonly Keyed[], kinds: readonly PromptKind[]): readonly Keyed[] =>
  queries.filter(({ query }) => kinds.includes(query.kind));

/** States of every position from the subject on. */
function fromSubjectOn(query: LabelledQuery, layer: number, width: number): Vector[] {
  const states = layerStates(query, layer, width);
  const first = subjectPosition(query, states);
  return Array.from({ length: states.rows - first }, (_, index) => positionState(states, first + index));
}

function subjectPosition(query: LabelledQuery, states: Matrix): number {
  const position = query.subjectPosition;
  if (position === undefined || !Number.isInteger(position) || position < 0 || position >= states.rows)
    throw new SakeError(
      'invalid-input',
      `${WHO_WHAT_NOW}: expected the subject's position in a prompt of kind '${query.kind}' with ${states.rows} positions, got ${position}`,
    );
  return position;
}

/** Learns each factor from the kinds of prompts it tells apart. */
function fitParts(
  positives: readonly Keyed[],
  negatives: readonly Keyed[],
  options: Required<WhoWhatNowOptions>,
): FittedParts {
  const { factors, whoLayer, whatLayer, nowLayer, folds, seed } = options;
  const width = positives[0]?.query.lastTokenActivation.length ?? 0;
  const common = { folds, seed, target: FACTOR_TARGET };
  // An implication may name no subject: it cannot show who, nor what from there on.
  const naming = positives.filter(({ query }) => query.subjectPosition !== undefined);
  const last = ({ key, query }: Keyed): PromptStates => {
    const states = [lastState(query, nowLayer, width)];
    return { key, learn: states, score: states };
  };
  const who = factors.includes('who')
    ? fitSubjectStates(
        `${WHO_WHAT_NOW} (who)`,
        naming.map(({ key, query }) => {
          const states = layerStates(query, whoLayer, width);
          return { key, state: positionState(states, subjectPosition(query, states)) };
        }),
        ofKind(negatives, SUBJECT_ABSENT).map(({ query }) => layerStates(query, whoLayer, width)),
        { ...common, most: options.subjectStates },
      )
    : undefined;
  const what = factors.includes('what')
    ? fitDiscriminant(
        `${WHO_WHAT_NOW} (what)`,
        ofKind(naming, ASKED).map(({ key, query }) => ({
          key,
          learn: [lastState(query, whatLayer, width)],
          score: fromSubjectOn(query, whatLayer, width),
        })),
        ofKind(negatives, ['other-relation']).map(({ key, query }) => {
          const states = fromSubjectOn(query, whatLayer, width);
          return { key, learn: states, score: states };
        }),
        { ...common, shrinkage: options.whatShrinkage },
      )
    : undefined;
  const now = factors.includes('now')
    ? fitDiscriminant(
        `${WHO_WHAT_NOW} (now)`,
        ofKind(positives, IN_SCOPE).map(last),
        ofKind(negatives, SOMETHING_ELSE_NOW).map(last),
        { ...common, shrinkage: options.nowShrinkage },
      )
    : undefined;
  return {
    parts: {
      ...(who && { who: { layer: whoLayer, states: who.states, threshold: who.calibration.threshold } }),
      ...(what && { what: { layer: whatLayer, discriminant: what.discriminant } }),
      ...(now && { now: { layer: nowLayer, discriminant: now.discriminant } }),
    },
    calibrations: {
      ...(who && { who: who.calibration }),
      ...(what && { what: what.calibration }),
      ...(now && { now: now.calibration }),
    },
  };
}

/** Distances of every prompt from parts fitted without it. */
function heldOutDistances(
  positives: readonly Keyed[],
  negatives: readonly Keyed[],
  options: Required<WhoWhatNowOptions>,
): { positives: number[]; negatives: number[] } {
  const keys = (queries: readonly Keyed[]): string[] => queries.map(({ key }) => key);
  const sides = { positive: keys(positives), negative: keys(negatives) };
  const { count, foldOf } = groupFolds(WHO_WHAT_NOW, sides, options);
  const heldOut = { positives: [] as number[], negatives: [] as number[] };
  for (let fold = 0; fold < count; fold++) {
    const seen = ({ key }: Keyed): boolean => foldOf.get(key) !== fold;
    const unseen = ({ key }: Keyed): boolean => foldOf.get(key) === fold;
    const { parts } = fitParts(positives.filter(seen), negatives.filter(seen), options);
    const distance = ({ query }: Keyed): number => Math.min(...mentionDistances(parts, query));
    heldOut.positives.push(...ofKind(positives, IN_SCOPE).filter(unseen).map(distance));
    heldOut.negatives.push(...negatives.filter(unseen).map(distance));
  }
  return heldOut;
}
