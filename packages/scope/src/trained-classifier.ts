import { openBundle, SakeError, type Loader, type Query, type Scope, type ScopeDetector } from '@sakejs/spec';
import { calibrateThreshold, describeTarget, type CalibrationTarget } from './calibrate-threshold.js';
import { checkClassifierOptions, checkLayers } from './classifier-options.js';
import { groupFolds, keyed } from './group-folds.js';
import { dot, type LinearClassifier, probabilityOut, trainChosen } from './linear-classifier.js';
import {
  defaultFeatures,
  featureNeeds,
  featuresText,
  parseFeatures,
  pooledFeatures,
  type PooledFeature,
} from './pooled-features.js';
import { MODULE } from './vector-detector.js';

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

interface Classifier extends LinearClassifier {
  readonly features: readonly PooledFeature[];
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
      const trained = trainChosen(
        KIND,
        { rows, labels },
        penalties,
        (row) => foldOf.get(all[row]!.key) === 0,
      );
      const sides = trained.heldOut;
      const share = (values: readonly number[], holds: (value: number) => boolean): number =>
        values.filter(holds).length / values.length;
      const chosen =
        typeof threshold === 'number'
          ? threshold
          : calibrateThreshold({ ...sides, target: threshold }).threshold;
      return scopeOf({ ...trained, features }, chosen, {
        penalty: trained.penalty,
        heldOutLoss: trained.loss,
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
  checkLayers(KIND, layers);
  const features = options.features ?? defaultFeatures(layers);
  checkClassifierOptions(KIND, { layers, features, penalties, heldOut, threshold });
  return { layers, features, penalties, heldOut, threshold, seed };
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
        features: featuresText(features),
        settings,
      },
    }),
  };
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
        features: parseFeatures(KIND, reader.text('features')),
        direction: reader.float64('direction', [null]).data,
        offset: reader.number('offset'),
      },
      threshold,
      reader.settings(),
    );
  },
};
