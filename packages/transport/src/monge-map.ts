import { openBundle, SakeError, type Loader, type TransportMap, type Vector } from '@sakejs/spec';
import { activationMap, MODULE } from './activation-map.js';
import type { GaussianPair } from './gaussian-pair.js';
import { mongeOperator } from './monge-operator.js';
import { addCombination, project, type RowBasis } from './orthonormal-basis.js';

/** The kind of {@link mongeMap}'s maps and of the mapper that fits them. */
export const BURES_WASSERSTEIN = 'bures-wasserstein';
/** 1: the identity off the span. 2: a multiple of it, `offSpan`. */
const VERSION = 2;

interface MongeParts {
  readonly sourceMean: Float64Array; // [d]
  readonly targetMean: Float64Array; // [d]
  /** A_k − cI, symmetric, row-major [k, k]. */
  readonly core: Float64Array;
  /** c: what A is off the span, 1 for equal ridges and covariances that are not shrunk. */
  readonly offSpan: number;
  /** Absent when k = d and the core is in the activations' own coordinates. */
  readonly basis: RowBasis | undefined;
}

/** Ridges (activation²) on the diagonals of the source and the target covariance. */
export interface Ridges {
  readonly source: number;
  readonly target: number;
}

/**
 * The Monge map between two Gaussians, each covariance with its ridge on the diagonal.
 *
 * ```
 * m(h) = μ_t + c (h − μ_s) + Q (A_k − cI) Qᵀ (h − μ_s)
 * ```
 *
 * Off the span of Q both covariances are multiples of I, (floor + ridge) I, so A is cI there with c² the target's by the
 * source's: 1 for one ridge without shrinking. Exact, not an approximation.
 */
export function mongeMap(
  pair: GaussianPair,
  ridges: Ridges,
  settings: TransportMap['settings'],
): TransportMap {
  const { rank, sourceMean, targetMean, basis } = pair;
  const withRidge = (covariance: Float64Array, ridge: number): Float64Array => {
    const sum = covariance.slice();
    for (let i = 0; i < rank; i++) sum[i * rank + i]! += ridge;
    return sum;
  };
  const core = mongeOperator(
    BURES_WASSERSTEIN,
    withRidge(pair.sourceCovariance, ridges.source),
    withRidge(pair.targetCovariance, ridges.target),
    rank,
  );
  if (!core.every((value) => Number.isFinite(value)))
    throw new SakeError(
      'numerical',
      `${BURES_WASSERSTEIN}: expected a finite map, got an overflow; scale the activations down`,
    );
  const offSpan = scaleOffSpan(pair, ridges);
  for (let i = 0; i < rank; i++) core[i * rank + i]! -= offSpan;
  return fromParts({ sourceMean, targetMean, core, offSpan, basis }, settings);
}

/** What the map is off the span of the rows, c; 1 where the rows' basis is the whole space. */
export const scaleOffSpan = (
  { basis, sourceFloor, targetFloor }: GaussianPair,
  { source, target }: Ridges,
): number => (basis === undefined ? 1 : Math.sqrt((targetFloor + target) / (sourceFloor + source)));

function fromParts(parts: MongeParts, settings: TransportMap['settings']): TransportMap {
  const { sourceMean, targetMean, core, offSpan, basis } = parts;
  const dim = sourceMean.length;
  const rank = basis?.rank ?? dim;
  // Scratch that every call reuses: apply is synchronous and allocates its result only.
  const centred = new Float64Array(dim);
  const coordinates = basis === undefined ? centred : new Float64Array(rank);
  const change = new Float64Array(rank);
  const write = (activation: Vector, mapped: Vector): void => {
    for (let i = 0; i < dim; i++) centred[i] = activation[i]! - sourceMean[i]!;
    if (basis !== undefined) project(basis, centred, coordinates);
    for (let i = 0; i < rank; i++) {
      let sum = 0;
      for (let j = 0, at = i * rank; j < rank; j++, at++) sum += core[at]! * coordinates[j]!;
      change[i] = sum;
    }
    if (offSpan !== 1) for (let i = 0; i < dim; i++) centred[i]! *= offSpan;
    if (basis !== undefined) addCombination(basis, change, centred);
    else for (let i = 0; i < dim; i++) centred[i]! += change[i]!;
    for (let i = 0; i < dim; i++) mapped[i] = targetMean[i]! + centred[i]!;
  };
  return activationMap({
    kind: BURES_WASSERSTEIN,
    dim,
    settings,
    write,
    toTensors: () => ({
      kind: BURES_WASSERSTEIN,
      version: offSpan === 1 ? 1 : VERSION,
      tensors: {
        sourceMean: { shape: [dim], data: sourceMean },
        targetMean: { shape: [dim], data: targetMean },
        core: { shape: [rank, rank], data: core },
        ...(basis === undefined ? {} : { basis: { shape: [rank, dim], data: basis.vectors } }),
      },
      meta: {
        form: basis === undefined ? 'dense' : 'low-rank',
        ...(offSpan !== 1 && { offSpan }),
        settings,
      },
    }),
  });
}

/** Loads maps of {@link mongeMap}. */
export const mongeMapLoader: Loader<TransportMap> = {
  kind: BURES_WASSERSTEIN,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: BURES_WASSERSTEIN, version: VERSION });
    const form = reader.text('form', ['dense', 'low-rank']);
    const { data: sourceMean } = reader.float64('sourceMean', [null]);
    const dim = sourceMean.length;
    const { data: targetMean } = reader.float64('targetMean', [dim]);
    let basis: RowBasis | undefined;
    if (form === 'low-rank') {
      const { data: vectors, shape } = reader.float64('basis', [null, dim]);
      basis = { vectors, rank: shape[0]!, dim };
    }
    const rank = basis?.rank ?? dim;
    const { data: core } = reader.float64('core', [rank, rank]);
    const offSpan = bundle.version === 1 ? 1 : reader.number('offSpan');
    return fromParts({ sourceMean, targetMean, core, offSpan, basis }, reader.settings());
  },
};
