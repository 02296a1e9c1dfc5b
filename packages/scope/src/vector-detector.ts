import {
  openBundle,
  SakeError,
  type BundleReader,
  type Json,
  type LabelledQuery,
  type Loader,
  type Matrix,
  type PromptKind,
  type Query,
  type Scope,
  type ScopeDetector,
  type ScopeInput,
  type ScopeNeeds,
  type StoredTensor,
  type Vector,
} from '@sakejs/spec';
import {
  calibrateThreshold,
  checkTarget,
  describeTarget,
  type CalibrationTarget,
} from './calibrate-threshold.js';
import { checkFolds, groupFolds, keyed, type CrossFitOptions, type Keyed } from './group-folds.js';
import { checkVector, stackVectors } from './vector-rows.js';

/** Which vector of a query is compared: the input of the LM head at the last token, or a sentence embedding. */
export type ScopeSpace = 'activation' | 'embedding';

/** Options of the detectors that compare one vector a query. */
export interface VectorScopeOptions extends CrossFitOptions {
  /** Default `'activation'`. */
  readonly space?: ScopeSpace;
  /** Rows to fit on: paraphrases and implications (`'plain'`, the default), or forced prompts too (`'all'`). */
  readonly centre?: 'plain' | 'all';
  /** A distance > 0, or how to calibrate one. Default: coverage of 0.95 of held-out positives. */
  readonly threshold?: number | CalibrationTarget;
  /** Kinds of positives that count when calibrating. Default paraphrases and implications. */
  readonly calibrateOn?: readonly PromptKind[];
}

/** A distance from what was fitted; what varies between the detectors. */
export interface VectorDistance {
  readonly width: number;
  /** @returns finite and >= 0. */
  readonly distance: (vector: Vector) => number;
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** What else has to be stored. */
  readonly meta?: Readonly<Record<string, Json>>;
  /** What fitting chose, for the scope's settings. */
  readonly settings?: Scope['settings'];
}

export interface VectorDistanceKind {
  readonly kind: string;
  readonly fit: (rows: Matrix) => VectorDistance;
}

const VERSION = 1;
/** The npm package that loaders of this package's scopes name. */
export const MODULE = '@sakejs/scope';
const PLAIN: readonly PromptKind[] = ['paraphrase', 'implication'];

/** A detector that compares one vector a query by a fitted distance, with a cross-fitted threshold. */
export function vectorDetector(of: VectorDistanceKind, options: VectorScopeOptions): ScopeDetector {
  const { kind } = of;
  const {
    space = 'activation',
    centre = 'plain',
    threshold = { kind: 'coverage', share: 0.95 },
    calibrateOn = PLAIN,
    folds = 5,
    seed = 0,
  } = options;
  if (!['activation', 'embedding'].includes(space))
    throw new SakeError(
      'invalid-option',
      `${kind}: expected space 'activation' or 'embedding', got ${String(space)}`,
    );
  if (!['plain', 'all'].includes(centre))
    throw new SakeError('invalid-option', `${kind}: expected centre 'plain' or 'all', got ${String(centre)}`);
  checkThreshold(kind, threshold);
  checkFolds(kind, folds);
  const fitKinds: readonly PromptKind[] = centre === 'all' ? [...PLAIN, 'forced'] : PLAIN;

  const fitOn = (queries: readonly LabelledQuery[]): VectorDistance => {
    const vectors = queries.map((query) => vectorOf(kind, query, space));
    const width = vectors[0]!.length;
    for (const vector of vectors) checkVector(kind, `the ${space}`, vector, width);
    return of.fit(stackVectors(vectors, width));
  };
  const distances = (fitted: VectorDistance, queries: readonly LabelledQuery[]): number[] =>
    queries.map((query) => measure(kind, fitted, query, space));

  /** Distances of positives, each from what was fitted without its prompt. */
  const crossFitted = (
    rows: readonly Keyed[],
    calibration: readonly Keyed[],
  ): { readonly heldOut: number[]; readonly count: number } => {
    const keys = (of: readonly Keyed[]): string[] => of.map(({ key }) => key);
    const { count, foldOf } = groupFolds(
      kind,
      { fitted: keys(rows), calibration: keys(calibration) },
      { folds, seed },
    );
    const heldOut = Array.from({ length: count }, (_, fold) => {
      const fitted = fitOn(rows.filter(({ key }) => foldOf.get(key) !== fold).map(({ query }) => query));
      return distances(
        fitted,
        calibration.filter(({ key }) => foldOf.get(key) === fold).map(({ query }) => query),
      );
    }).flat();
    return { heldOut, count };
  };

  return {
    kind,
    needs: needsOf(space),
    fit: ({ positives, negatives }: ScopeInput): Scope => {
      const all = keyed('positive', positives);
      const rows = all.filter(({ query }) => fitKinds.includes(query.kind));
      if (rows.length === 0)
        throw new SakeError(
          'not-enough-data',
          `${kind}: expected at least one positive of kind ${fitKinds.join(', ')}, got ${positives.length} of others`,
        );
      const fitted = fitOn(rows.map(({ query }) => query));
      const settings = { space, centre, ...fitted.settings };
      if (typeof threshold === 'number')
        return vectorScope(kind, fitted, {
          threshold,
          space,
          settings: { ...settings, calibration: 'given' },
        });
      const calibration = all.filter(({ query }) => calibrateOn.includes(query.kind));
      const { heldOut, count } = crossFitted(rows, calibration);
      const { threshold: chosen, ...achieved } = calibrateThreshold({
        positives: heldOut,
        negatives: distances(fitted, negatives),
        target: threshold,
      });
      return vectorScope(kind, fitted, {
        threshold: chosen,
        space,
        settings: { ...settings, calibration: describeTarget(threshold), ...achieved, folds: count, seed },
      });
    },
  };
}

/** The loader of a vector detector's scopes; `load` gives the distance from what `toTensors` stored. */
export function vectorScopeLoader(
  kind: string,
  load: (reader: BundleReader) => VectorDistance,
): Loader<Scope> {
  return {
    kind,
    version: VERSION,
    module: MODULE,
    load: (bundle) => {
      const reader = openBundle(bundle, { kind, version: VERSION });
      const threshold = reader.number('threshold');
      if (!(threshold > 0))
        throw new SakeError('invalid-file', `load '${kind}': expected a threshold > 0, got ${threshold}`);
      const space = reader.text<ScopeSpace>('space', ['activation', 'embedding']);
      return vectorScope(kind, load(reader), { threshold, space, settings: reader.settings() });
    },
  };
}

/** @throws {SakeError} `invalid-option` for a threshold that is not positive and finite, or a target out of range. */
export function checkThreshold(where: string, threshold: number | CalibrationTarget): void {
  if (typeof threshold !== 'number') checkTarget(threshold);
  else if (!(threshold > 0) || !Number.isFinite(threshold))
    throw new SakeError('invalid-option', `${where}: expected a positive finite threshold, got ${threshold}`);
}

function needsOf(space: ScopeSpace): ScopeNeeds {
  return { layers: [], embedding: space === 'embedding' };
}

function vectorOf(kind: string, query: Query, space: ScopeSpace): Vector {
  const vector = space === 'embedding' ? query.embedding : query.lastTokenActivation;
  if (vector === undefined)
    throw new SakeError(
      'invalid-input',
      `${kind}: expected a query with an ${space}, got none; see the scope's needs`,
    );
  return vector;
}

function measure(kind: string, fitted: VectorDistance, query: Query, space: ScopeSpace): number {
  const vector = vectorOf(kind, query, space);
  checkVector(kind, `the ${space}`, vector, fitted.width);
  return fitted.distance(vector);
}

function vectorScope(
  kind: string,
  fitted: VectorDistance,
  { threshold, space, settings }: { threshold: number; space: ScopeSpace; settings: Scope['settings'] },
): Scope {
  return {
    kind,
    threshold,
    needs: needsOf(space),
    settings,
    match: (query) => ({ distance: measure(kind, fitted, query, space) }),
    toTensors: () => ({
      kind,
      version: VERSION,
      tensors: fitted.tensors,
      meta: { threshold, space, settings, ...fitted.meta },
    }),
  };
}
