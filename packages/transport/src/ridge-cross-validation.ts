import { row, SakeError, selectRows, type MapperInput, type Matrix, type TransportMap } from '@sakejs/spec';
import { energyDistance } from './energy-distance.js';
import { gaussianPair, type GaussianPair } from './gaussian-pair.js';
import { BURES_WASSERSTEIN, mongeMap } from './monge-map.js';
import { ridgePath, type MapWithRidge } from './ridge-path.js';
import { rowFolds } from './row-folds.js';
import type { CovarianceEstimator } from './shrinkage.js';

/** What cross-validation found. */
export interface RidgeChoice {
  readonly ridge: number;
  /** What `scores` are: the caller's score, or minus the energy distance. */
  readonly criterion: 'score' | 'energy-distance';
  /** Mean held-out score of each ridge, higher is better, in the order of the ridges. */
  readonly scores: readonly number[];
}

/** What is tried, and on which folds. */
export interface RidgeCrossValidation {
  readonly ridges: readonly number[];
  readonly folds: number;
  readonly seed: number;
  readonly covariance: CovarianceEstimator;
  /** The target's ridge; absent: as the source's. */
  readonly targetRidge?: number | undefined;
}

function mapRows(map: TransportMap, rows: Matrix): Matrix {
  const data =
    rows.data instanceof Float64Array
      ? new Float64Array(rows.data.length)
      : new Float32Array(rows.data.length);
  for (let i = 0; i < rows.rows; i++) data.set(map.apply(row(rows, i)), i * rows.cols);
  return { rows: rows.rows, cols: rows.cols, data };
}

/** Held-out rows under each ridge's map; as many rows as the rank are mapped cheaper by the operator itself. */
const mapHeldOut = (pair: GaussianPair, rows: Matrix): MapWithRidge =>
  rows.rows < pair.rank
    ? ridgePath(BURES_WASSERSTEIN, pair, rows)
    : (ridges) => mapRows(mongeMap(pair, ridges, {}), rows);

/**
 * The ridge with the best mean held-out score.
 *
 * For each fold, the map is fitted on the other folds' prompts and applied to the fold's source rows. The
 * score of a ridge is the mean over folds of `input.score(mapped)`, or, without a score, of
 * −E(mapped, held-out target rows), E the {@link energyDistance}. Plain best, not one standard error:
 * the curve is flat around its top and a rule that prefers strong ridges would drift to the mean shift.
 * Exact ties go to the larger ridge. The basis and the source covariance are decomposed once a fold, not once a ridge.
 */
export async function crossValidateRidge(
  input: MapperInput,
  { ridges, folds, seed, covariance, targetRidge }: RidgeCrossValidation,
): Promise<RidgeChoice> {
  const { score } = input;
  const totals = ridges.map(() => 0);
  for (const { source, target } of rowFolds(input, folds, seed)) {
    const pair = gaussianPair(selectRows(input.source, source.fit), selectRows(input.target, target.fit), {
      covariance,
    });
    const heldOutSource = selectRows(input.source, source.heldOut);
    const heldOutTarget = selectRows(input.target, target.heldOut);
    const mapWith = mapHeldOut(pair, heldOutSource);
    for (const [index, ridge] of ridges.entries()) {
      const mapped = mapWith({ source: ridge, target: targetRidge ?? ridge });
      const value = score === undefined ? -energyDistance(mapped, heldOutTarget) : await score(mapped);
      if (!Number.isFinite(value))
        throw new SakeError(
          'numerical',
          `buresWasserstein: expected a finite score of ridge ${ridge}, got ${value}`,
        );
      totals[index]! += value;
    }
  }
  const scores = totals.map((total) => total / folds);
  const best = Math.max(...scores);
  const ridge = Math.max(...ridges.filter((_, index) => scores[index] === best));
  return { ridge, criterion: score === undefined ? 'energy-distance' : 'score', scores };
}
