import {
  createRandom,
  openBundle,
  SakeError,
  type Loader,
  type Query,
  type Scope,
  type ScopeDetector,
  type ScopeNeeds,
} from '@sakejs/spec';
import { checkClassifierOptions, checkLayers } from './classifier-options.js';
import { groupFolds } from './group-folds.js';
import {
  dot,
  type LabelledRows,
  type LinearClassifier,
  probabilityOut,
  trainChosen,
} from './linear-classifier.js';
import {
  defaultFeatures,
  featureNeeds,
  featuresText,
  parseFeatures,
  pooledFeatures,
  type PooledFeature,
} from './pooled-features.js';
import { MODULE } from './vector-detector.js';

/** An edit that the classifier is trained on, with texts inside and outside of its scope. */
export interface PairExamples {
  /** The edit's own prompt. */
  readonly edit: Query;
  readonly positives: readonly Query[];
  readonly negatives: readonly Query[];
}

export interface PairClassifierOptions {
  /** Number of blocks of the model; sets the default features. */
  readonly layers: number;
  /** What of a text is compared. Default as `trainedClassifier`. */
  readonly features?: readonly PooledFeature[];
  /** Penalties λ to choose from, each > 0. Default 1e-6, 1e-4, 1e-2. */
  readonly penalties?: readonly number[];
  /** Share of the edits held out whole to choose the penalty on, in (0, 0.5]. Default 0.25. */
  readonly heldOut?: number;
  /** Largest probability of being out of scope, in (0, 1). Default 0.5, as in the paper. */
  readonly threshold?: number;
  /** Most texts a side of each edit, drawn by the seed; besides, as many other edits' own prompts are out of scope. Default 12. */
  readonly textsAside?: number;
  /** Default 0. */
  readonly seed?: number;
}

const KIND = 'pair-classifier';
const VERSION = 1;

interface PairScope extends LinearClassifier {
  readonly features: readonly PooledFeature[];
  /** Features of the edit's own prompt. */
  readonly own: Float64Array;
}

/**
 * A gate for any edit from one classifier over pairs of an edit and a text, trained beforehand on other edits.
 *
 * φ(e, x) = (|a − b|, a ∘ b) of the frozen features a of the edit's own prompt and b of the text ({@link pooledFeatures}),
 * P(x out of e's scope) = 1 / (1 + exp(direction · φ + offset)), by logistic regression with an L2 penalty, both classes weighing
 * the same. The penalty is the one with the least loss on edits held out whole, since it is for edits that it never saw.
 * Fitting looks at an edit's own prompt (the first positive) and at nothing else: no training at an edit.
 * A scope stores the classifier beside the edit's features, so that it stands alone.
 * Cost: training O(p r³) for r pairs and p penalties, once; a match O(T d). Stores three vectors of features.
 * Source: the scope classifier of Mitchell et al. (arXiv 2206.06520), section 3.2, whose two forms compare an edit and an input
 * by a fine-tuned encoder of both, or of their concatenation; this one learns the comparison alone, over a frozen model.
 *
 * @throws {SakeError} here `invalid-option` for options out of range, `not-enough-data` for fewer than two edits or one
 * without positives or negatives, `numerical` when training does not converge; from `fit`, `not-enough-data` without
 * positives, `shape-mismatch` for texts of another width.
 */
export function pairClassifier(
  examples: readonly PairExamples[],
  options: PairClassifierOptions,
): ScopeDetector {
  const { features, penalties, heldOut, threshold, textsAside, seed } = withDefaults(options);
  const { rows, labels, edits } = pairsOf(examples, { features, textsAside, seed });
  const { foldOf } = groupFolds(
    KIND,
    { edit: examples.map((_, edit) => `${edit}`) },
    { folds: Math.max(2, Math.round(1 / heldOut)), seed },
  );
  const { direction, offset, penalty, loss } = trainChosen(
    KIND,
    { rows, labels },
    penalties,
    (row) => foldOf.get(`${edits[row]!}`) === 0,
  );
  const settings = { penalty, heldOutLoss: loss, edits: examples.length, pairs: rows.length, seed };
  return {
    kind: KIND,
    needs: featureNeeds(features),
    fit: ({ positives }) => {
      if (positives.length === 0)
        throw new SakeError('not-enough-data', `${KIND}: expected the edit's own prompt, got no positives`);
      const seen = positives.map((query) => pooledFeatures(KIND, features, query));
      for (const { length } of seen) checkWidth(length, direction.length / 2);
      return scopeOf({ features, direction, offset, own: seen[0]! }, threshold, settings);
    },
  };
}

/** What the classifier has to see of a text. */
export const pairClassifierNeeds = ({
  layers,
  features = defaultFeatures(layers),
}: Pick<PairClassifierOptions, 'layers' | 'features'>): ScopeNeeds => featureNeeds(features);

function withDefaults(options: PairClassifierOptions): Required<PairClassifierOptions> {
  const { layers, penalties = [1e-6, 1e-4, 1e-2], heldOut = 0.25, threshold = 0.5 } = options;
  const { textsAside = 12, seed = 0 } = options;
  checkLayers(KIND, layers);
  const features = options.features ?? defaultFeatures(layers);
  checkClassifierOptions(KIND, { layers, features, penalties, heldOut, threshold });
  if (!Number.isInteger(textsAside) || textsAside < 1)
    throw new SakeError(
      'invalid-option',
      `${KIND}: expected textsAside to be a whole number of at least 1, got ${textsAside}`,
    );
  return { layers, features, penalties, heldOut, threshold, textsAside, seed };
}

/** Pairs of all edits, with the edit that each is of. */
function pairsOf(
  examples: readonly PairExamples[],
  { features, textsAside, seed }: Pick<Required<PairClassifierOptions>, 'features' | 'textsAside' | 'seed'>,
): LabelledRows & { readonly edits: readonly number[] } {
  const random = createRandom(seed).fork(KIND);
  const owns = examples.map(({ edit }) => pooledFeatures(KIND, features, edit));
  const drawn = <T>(items: readonly T[]): T[] => random.shuffle([...items]).slice(0, textsAside);
  const rows: Float64Array[] = [];
  const labels: (1 | -1)[] = [];
  const edits: number[] = [];
  for (const [edit, { positives, negatives }] of examples.entries()) {
    if (positives.length === 0 || negatives.length === 0)
      throw new SakeError(
        'not-enough-data',
        `${KIND}: expected positives and negatives of each edit, got ${positives.length} and ${negatives.length} of edit ${edit}`,
      );
    const featuresOf = (queries: readonly Query[]): Float64Array[] =>
      drawn(queries).map((query) => pooledFeatures(KIND, features, query));
    const put = (texts: readonly Float64Array[], label: 1 | -1): void => {
      for (const text of texts) {
        checkWidth(text.length, owns[0]!.length);
        rows.push(pairFeatures(owns[edit]!, text));
        labels.push(label);
        edits.push(edit);
      }
    };
    put(featuresOf(positives), 1);
    put(featuresOf(negatives), -1);
    put(drawn(owns.filter((_, other) => other !== edit)), -1);
  }
  return { rows, labels, edits };
}

/** φ, [2 w] of two vectors [w]. */
function pairFeatures(a: Float64Array, b: Float64Array): Float64Array {
  const width = a.length;
  const pair = new Float64Array(2 * width);
  for (let i = 0; i < width; i++) {
    pair[i] = Math.abs(a[i]! - b[i]!);
    pair[width + i] = a[i]! * b[i]!;
  }
  return pair;
}

function checkWidth(got: number, expected: number): void {
  if (got !== expected)
    throw new SakeError(
      'shape-mismatch',
      `${KIND}: expected ${expected} features, got ${got}; was the classifier trained on another model?`,
    );
}

function scopeOf(pair: PairScope, threshold: number, settings: Scope['settings']): Scope {
  const { features, direction, offset, own } = pair;
  return {
    kind: KIND,
    threshold,
    needs: featureNeeds(features),
    settings,
    match: (query) => {
      const text = pooledFeatures(KIND, features, query);
      checkWidth(text.length, own.length);
      return { distance: probabilityOut(dot(direction, pairFeatures(own, text)) + offset) };
    },
    toTensors: () => ({
      kind: KIND,
      version: VERSION,
      tensors: {
        direction: { shape: [direction.length], data: direction },
        own: { shape: [own.length], data: own },
      },
      meta: { threshold, offset, features: featuresText(features), settings },
    }),
  };
}

/** Loads scopes of {@link pairClassifier}. */
export const pairClassifierLoader: Loader<Scope> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: KIND, version: VERSION });
    const threshold = reader.number('threshold');
    if (!(threshold > 0 && threshold < 1))
      throw new SakeError('invalid-file', `load '${KIND}': expected a threshold in (0, 1), got ${threshold}`);
    const own = reader.float64('own', [null]).data;
    return scopeOf(
      {
        features: parseFeatures(KIND, reader.text('features')),
        direction: reader.float64('direction', [2 * own.length]).data,
        offset: reader.number('offset'),
        own,
      },
      threshold,
      reader.settings(),
    );
  },
};
