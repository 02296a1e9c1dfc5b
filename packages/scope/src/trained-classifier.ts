import { openBundle, SakeError, type Loader, type Query, type Scope, type ScopeDetector } from '@sakejs/spec';
import { calibrateThreshold, describeTarget, type CalibrationTarget } from './calibrate-threshold.js';
import { groupFolds, keyed } from './group-folds.js';
import { fitLogistic, logisticLoss } from './logistic-regression.js';
import { featureNeeds, pooledFeatures, type PooledFeature } from './pooled-features.js';
import { checkThreshold, MODULE } from './vector-detector.js';

export interface TrainedClassifierOptions {
  /** Number of blocks of the model; sets the default features. */
  readonly layers: number;
  /** What of a text is looked at. Default: see {@link trainedClassifier}. */
  readonly features?: readonly PooledFeature[];
  /** Penalties λ to choose from, each > 0. Default 1e-8, 1e-6, 1e-4, 1e-2. */
  readonly penalties?: readonly number[];
  /** Share of the prompts held out to choose the penalty on, in (0, 0.5]. Default 0.25. */
  readonly heldOut?: number;
  /** Largest probability of being out of scope, in (0, 1), or how to calibrate it on what is held out. Default 0.5. */
  readonly threshold?: number | CalibrationTarget;
  /** Which prompts are held out. Default 0. */
  readonly seed?: number;
}

const KIND = 'trained-classifier';
const VERSION = 1;

interface Classifier {
  readonly features: readonly PooledFeature[];
  readonly direction: Float64Array;
  readonly offset: number;
}

/**
 * A gate that is a classifier trained on generated prompts: in scope or not, over frozen features of the text.
 *
 * Features: states of the model pooled over the text (`last`, `mean`, `max` at layers) or a sentence embedding, each
 * normalised to a root mean square of 1. Classifier: logistic regression with an L2 penalty, both classes weighing
 * the same; the penalty is the one with the least loss on held-out prompts, then it is trained again on all.
 * distance = P(out of scope) = 1 / (1 + exp(f)) in (0, 1), f = direction · features + offset.
 * Default features, of n blocks: the mean and the largest values after ⌈3/8 n⌉ blocks, which say who and what is spoken of, and
 * the last token after ⌈3/4 n⌉, which says what is asked now.
 * Cost: training O(p r³) for r prompts and p penalties; a match O(T d). Stores one vector.
 *
 * @throws {SakeError} `invalid-option` for options out of range; from `fit`, `not-enough-data` for fewer than two
 * prompts on a side, `numerical` when training does not converge, and what {@link Scope.match} throws.
 */
export function trainedClassifier(options: TrainedClassifierOptions): ScopeDetector {
  const { features, penalties, heldOut, threshold, seed } = withDefaults(options);
  return {
    kind: KIND,
    needs: featureNeeds(features),
    fit: ({ positives, negatives }) => {
      if (positives.length === 0 || negatives.length === 0)
        throw new SakeError(
          'not-enough-data',
          `${KIND}: expected positives and negatives, got ${positives.length} and ${negatives.length}`,
        );
      const all = [...keyed('positive', positives), ...keyed('negative', negatives)];
      const rows = all.map(({ query }) => pooledFeatures(KIND, features, query));
      for (const { length } of rows) checkWidth(length, rows[0]!.length);
      const labels = all.map((_, index) => (index < positives.length ? 1 : -1) as 1 | -1);
      const keys = (side: 1 | -1): string[] => all.filter((_, i) => labels[i] === side).map(({ key }) => key);
      const { foldOf } = groupFolds(
        KIND,
        { positive: keys(1), negative: keys(-1) },
        { folds: Math.max(2, Math.round(1 / heldOut)), seed },
      );
      const indices = [...all.keys()];
      const unseen = indices.filter((index) => foldOf.get(all[index]!.key) === 0);
      const seen = indices.filter((index) => foldOf.get(all[index]!.key) !== 0);
      const tried = penalties.map((penalty) => {
        const { direction, offset } = train(rows, labels, seen, penalty);
        const scores = unseen.map((index) => dot(direction, rows[index]!) + offset);
        return {
          penalty,
          scores,
          loss: balancedLoss(
            scores,
            unseen.map((index) => labels[index]!),
          ),
        };
      });
      const best = tried.reduce((least, each) => (each.loss < least.loss ? each : least));
      const classifier = { features, ...train(rows, labels, indices, best.penalty) };
      const distances = (side: 1 | -1): number[] =>
        best.scores.filter((_, at) => labels[unseen[at]!] === side).map(probabilityOut);
      const sides = { positives: distances(1), negatives: distances(-1) };
      const share = (values: readonly number[], holds: (value: number) => boolean): number =>
        values.filter(holds).length / values.length;
      const chosen =
        typeof threshold === 'number'
          ? threshold
          : calibrateThreshold({ ...sides, target: threshold }).threshold;
      return scopeOf(classifier, chosen, {
        penalty: best.penalty,
        heldOutLoss: best.loss,
        heldOutPositives: sides.positives.length,
        heldOutNegatives: sides.negatives.length,
        falseReject: share(sides.positives, (distance) => distance > chosen),
        falseAccept: share(sides.negatives, (distance) => distance <= chosen),
        calibration: typeof threshold === 'number' ? 'given' : describeTarget(threshold),
        seed,
      });
    },
  };
}

function withDefaults(options: TrainedClassifierOptions): Required<TrainedClassifierOptions> {
  const { layers, penalties = [1e-8, 1e-6, 1e-4, 1e-2], heldOut = 0.25, threshold = 0.5, seed = 0 } = options;
  const fail = (what: string): never => {
    throw new SakeError('invalid-option', `${KIND}: expected ${what}`);
  };
  if (!Number.isInteger(layers) || layers < 1)
    fail(`layers to be the model's number of blocks, got ${layers}`);
  const early = Math.ceil((layers * 3) / 8) - 1;
  const late = Math.ceil((layers * 3) / 4) - 1;
  const features: readonly PooledFeature[] = options.features ?? [
    { pool: 'mean', layer: early },
    { pool: 'max', layer: early },
    { pool: 'last', layer: late },
  ];
  if (features.length === 0) fail('at least one feature, got none');
  for (const feature of features) {
    if (!['last', 'mean', 'max', 'embedding'].includes(feature.pool))
      fail(`features pooled by last, mean, max or embedding, got ${JSON.stringify(feature.pool)}`);
    if (feature.pool === 'embedding') continue;
    if (!Number.isInteger(feature.layer) || feature.layer < 0 || feature.layer >= layers)
      fail(`features at the layers 0 to ${layers - 1}, got ${feature.layer}`);
  }
  if (penalties.length === 0 || penalties.some((penalty) => !(penalty > 0) || !Number.isFinite(penalty)))
    fail(`positive penalties, got [${penalties.join(', ')}]`);
  if (!(heldOut > 0 && heldOut <= 0.5)) fail(`heldOut in (0, 0.5], got ${heldOut}`);
  checkThreshold(KIND, threshold);
  if (typeof threshold === 'number' && threshold >= 1) fail(`a threshold in (0, 1), got ${threshold}`);
  return { layers, features, penalties, heldOut, threshold, seed };
}

/** The classifier of some rows, both classes weighing the same; inner products are per feature, of centred rows. */
function train(
  rows: readonly Float64Array[],
  labels: readonly (1 | -1)[],
  indices: readonly number[],
  penalty: number,
): Omit<Classifier, 'features'> {
  const n = indices.length;
  const width = rows[0]!.length;
  const mean = new Float64Array(width);
  for (const index of indices) for (let j = 0; j < width; j++) mean[j]! += rows[index]![j]! / n;
  const centred = indices.map((index) => rows[index]!.map((value, j) => value - mean[j]!));
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = dot(centred[i]!, centred[j]!) / width;
  const own = indices.map((index) => labels[index]!);
  const { dual, offset } = fitLogistic(KIND, { gram, labels: own, weights: balance(own), penalty });
  const direction = new Float64Array(width);
  centred.forEach((row, i) => {
    for (let j = 0; j < width; j++) direction[j]! += (dual[i]! * row[j]!) / width;
  });
  return { direction, offset: offset - dot(direction, mean) };
}

/** Half of the weight for each class. */
function balance(labels: readonly (1 | -1)[]): number[] {
  const positives = labels.filter((label) => label === 1).length;
  return labels.map((label) => 0.5 / (label === 1 ? positives : labels.length - positives));
}

function balancedLoss(scores: readonly number[], labels: readonly (1 | -1)[]): number {
  const weights = balance(labels);
  return scores.reduce((sum, score, at) => sum + weights[at]! * logisticLoss(labels[at]! * score), 0);
}

const probabilityOut = (score: number): number => 1 / (1 + Math.exp(score));

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function checkWidth(got: number, expected: number): void {
  if (got !== expected)
    throw new SakeError(
      'shape-mismatch',
      `${KIND}: expected ${expected} features, got ${got}; was the scope fitted on another model?`,
    );
}

function scopeOf(classifier: Classifier, threshold: number, settings: Scope['settings']): Scope {
  const { features, direction, offset } = classifier;
  return {
    kind: KIND,
    threshold,
    needs: featureNeeds(features),
    settings,
    match: (query: Query) => {
      const values = pooledFeatures(KIND, features, query);
      checkWidth(values.length, direction.length);
      return { distance: probabilityOut(dot(direction, values) + offset) };
    },
    toTensors: () => ({
      kind: KIND,
      version: VERSION,
      tensors: { direction: { shape: [direction.length], data: direction } },
      meta: {
        threshold,
        offset,
        features: features
          .map((feature) => (feature.pool === 'embedding' ? 'embedding' : `${feature.pool} ${feature.layer}`))
          .join(', '),
        settings,
      },
    }),
  };
}

function parseFeature(text: string): PooledFeature {
  if (text === 'embedding') return { pool: 'embedding' };
  const [, pool, layer] = /^(last|mean|max) (\d+)$/.exec(text) ?? [];
  if (pool === undefined)
    throw new SakeError(
      'invalid-file',
      `load '${KIND}': expected a feature such as 'mean 2' or 'embedding', got ${JSON.stringify(text)}`,
    );
  return { pool: pool as 'last' | 'mean' | 'max', layer: Number(layer) };
}

/** Loads scopes of {@link trainedClassifier}. */
export const trainedClassifierLoader: Loader<Scope> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: KIND, version: VERSION });
    const threshold = reader.number('threshold');
    if (!(threshold > 0 && threshold < 1))
      throw new SakeError('invalid-file', `load '${KIND}': expected a threshold in (0, 1), got ${threshold}`);
    return scopeOf(
      {
        features: reader.text('features').split(', ').map(parseFeature),
        direction: reader.float64('direction', [null]).data,
        offset: reader.number('offset'),
      },
      threshold,
      reader.settings(),
    );
  },
};
