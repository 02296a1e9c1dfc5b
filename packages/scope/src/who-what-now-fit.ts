import { SakeError, type LabelledQuery, type Matrix, type PromptKind, type Vector } from '@sakejs/spec';
import type { Calibration } from './calibrate-threshold.js';
import { fitDiscriminant, type PromptStates } from './discriminant.js';
import { groupFolds, type Keyed } from './group-folds.js';
import { nearestMention, type WhoWhatNowParts } from './mentions.js';
import { lastState, layerStates, WHO_WHAT_NOW, type StateLayer } from './query-states.js';
import { fitSubjectStates, positionState } from './subject-states.js';
import type { WhoWhatNowFactor, WhoWhatNowSettings } from './who-what-now-options.js';

const ASKED: readonly PromptKind[] = ['paraphrase', 'implication'];
const IN_SCOPE: readonly PromptKind[] = [...ASKED, 'doubt'];
const OTHERS_MEANT: readonly PromptKind[] = ['other-subject', 'same-object'];
const SUBJECT_ABSENT: readonly PromptKind[] = ['other-subject', 'same-object', 'unrelated'];

/** What one fit found out about itself, by factor. */
export interface FittedFactors {
  readonly parts: WhoWhatNowParts;
  readonly fits: Readonly<Partial<Record<WhoWhatNowFactor, FactorFit>>>;
}

/** The errors of a factor on held-out prompts, and how many folds held them out. */
export interface FactorFit {
  readonly calibration: Calibration;
  readonly folds: number;
}

const ofKind = (queries: readonly Keyed[], kinds: readonly PromptKind[]): readonly Keyed[] =>
  queries.filter(({ query }) => kinds.includes(query.kind));

/** States of every position from the subject on. */
function fromSubjectOn(query: LabelledQuery, layer: number, width: number): Vector[] {
  const states = layerStates(query, layer, width);
  const first = subjectPosition(query, states);
  return Array.from({ length: states.rows - first }, (_, index) => positionState(states, first + index));
}

/** Up to `count` states between the first quarter of a text and its last token, evenly spaced. */
function statesWithin(query: LabelledQuery, layer: StateLayer, width: number, count: number): Vector[] {
  if (count === 0 || layer === 'final') return [];
  const states = layerStates(query, layer, width);
  const [from, to] = [Math.floor(states.rows / 4), states.rows - 1];
  const positions = Array.from({ length: count }, (_, at) => Math.round(from + ((to - from) * at) / count));
  return [...new Set(positions)].filter((at) => at < to).map((at) => positionState(states, at));
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
export function fitFactors(
  positives: readonly Keyed[],
  negatives: readonly Keyed[],
  options: WhoWhatNowSettings,
): FittedFactors {
  const { factors, whoLayer, whatLayer, nowLayer, meantLayer, nowDoubtStates, folds, seed } = options;
  const width = positives[0]?.query.lastTokenActivation.length ?? 0;
  const common = (factor: WhoWhatNowFactor) => ({ folds, seed, target: options.factorTarget[factor] });
  // An implication may name no subject: it cannot show who, nor what from there on.
  const naming = positives.filter(({ query }) => query.subjectPosition !== undefined);
  const last = ({ key, query }: Keyed): PromptStates => {
    const states = [lastState(query, nowLayer, width)];
    const within = query.kind === 'doubt' ? statesWithin(query, nowLayer, width, nowDoubtStates) : [];
    return { key, learn: [...states, ...within], score: states };
  };
  const who = factors.includes('who')
    ? fitSubjectStates(
        `${WHO_WHAT_NOW} (who)`,
        naming.map(({ key, query }) => {
          const states = layerStates(query, whoLayer, width);
          return { key, state: positionState(states, subjectPosition(query, states)) };
        }),
        ofKind(negatives, SUBJECT_ABSENT).map(({ query }) => layerStates(query, whoLayer, width)),
        { ...common('who'), most: options.subjectStates },
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
        { ...common('what'), shrinkage: options.whatShrinkage },
      )
    : undefined;
  const now = factors.includes('now')
    ? fitDiscriminant(
        `${WHO_WHAT_NOW} (now)`,
        ofKind(positives, IN_SCOPE).map(last),
        ofKind(negatives, options.nowNegatives).map(last),
        { ...common('now'), shrinkage: options.nowShrinkage },
      )
    : undefined;
  const ending = ({ key, query }: Keyed): PromptStates => {
    const states = [lastState(query, meantLayer, width)];
    return { key, learn: states, score: states };
  };
  const meant = factors.includes('meant')
    ? fitDiscriminant(
        `${WHO_WHAT_NOW} (meant)`,
        ofKind(positives, ASKED).map(ending),
        ofKind(negatives, OTHERS_MEANT).map(ending),
        { ...common('meant'), shrinkage: options.meantShrinkage },
      )
    : undefined;
  return {
    parts: {
      ...(who && { who: { layer: whoLayer, states: who.states, threshold: who.calibration.threshold } }),
      ...(what && { what: { layer: whatLayer, discriminant: what.discriminant } }),
      ...(now && { now: { layer: nowLayer, discriminant: now.discriminant } }),
      ...(meant && { meant: { layer: meantLayer, discriminant: meant.discriminant } }),
    },
    fits: {
      ...(who && { who }),
      ...(what && { what }),
      ...(now && { now }),
      ...(meant && { meant }),
    },
  };
}

/** Distances of every prompt from factors fitted without it. */
export function heldOutDistances(
  positives: readonly Keyed[],
  negatives: readonly Keyed[],
  options: WhoWhatNowSettings,
): { positives: number[]; negatives: number[] } {
  const keys = (queries: readonly Keyed[]): string[] => queries.map(({ key }) => key);
  const sides = { positive: keys(positives), negative: keys(negatives) };
  const { count, foldOf } = groupFolds(WHO_WHAT_NOW, sides, options);
  const heldOut = { positives: [] as number[], negatives: [] as number[] };
  for (let fold = 0; fold < count; fold++) {
    const seen = ({ key }: Keyed): boolean => foldOf.get(key) !== fold;
    const unseen = ({ key }: Keyed): boolean => foldOf.get(key) === fold;
    const { parts } = fitFactors(positives.filter(seen), negatives.filter(seen), options);
    const distance = ({ query }: Keyed): number => nearestMention(parts, query);
    heldOut.positives.push(...ofKind(positives, IN_SCOPE).filter(unseen).map(distance));
    heldOut.negatives.push(...negatives.filter(unseen).map(distance));
  }
  return heldOut;
}
