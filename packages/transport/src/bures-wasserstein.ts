import { SakeError, type Mapper, type MapperInput, type TransportMap } from '@sakejs/spec';
import type { SyncMapper } from './activation-map.js';
import { gaussianPair } from './gaussian-pair.js';
import { checkMapperInput } from './mapper-input.js';
import { BURES_WASSERSTEIN, mongeMap } from './monge-map.js';
import { crossValidateRidge } from './ridge-cross-validation.js';
import { covarianceEstimators, type CovarianceEstimator } from './shrinkage.js';

/** Ridge added to the diagonal of both covariances (activation²): the paper's value for GPT-2 XL. */
export const DEFAULT_RIDGE = 1e-2;
/** Ridges that cross-validation tries (activation²). */
export const DEFAULT_RIDGES: readonly number[] = [0.01, 0.1, 1, 10, 100];

export interface BuresWassersteinOptions {
  /** Ridge (activation²), > 0, or `'cross-validated'` over the prompts. Default {@link DEFAULT_RIDGE}. */
  readonly ridge?: number | 'cross-validated';
  /**
   * Ridge of the target covariance alone (activation²), > 0. Default: as the source's, the paper's form.
   *
   * A smaller one makes the map forget what the target rows do not vary in: where neither set of rows varies, it is a
   * multiple (targetRidge / ridge)^{1/2} of the identity, so that a query far from every prompt lands nearer to the targets.
   */
  readonly targetRidge?: number;
  /** How both covariances are estimated, before the ridge. Default `empirical`, as in the paper. */
  readonly covariance?: CovarianceEstimator;
  /** Ridges to choose from. Default {@link DEFAULT_RIDGES}. Only with `'cross-validated'`. */
  readonly ridges?: readonly number[];
  /** Folds of prompts, >= 2. Default 5. Only with `'cross-validated'`. */
  readonly folds?: number;
  /** Which prompts share a fold. Default 0. Only with `'cross-validated'`. */
  readonly seed?: number;
}

function checkRidge(ridge: unknown, name: string): asserts ridge is number {
  if (typeof ridge !== 'number' || !(ridge > 0) || !Number.isFinite(ridge))
    throw new SakeError(
      'invalid-option',
      `buresWasserstein: expected ${name} to be a positive finite number, got ${String(ridge)}; the default is ${DEFAULT_RIDGE}`,
    );
}

/**
 * The optimal (Monge) map between source and target rows, each taken as a Gaussian.
 *
 * ```
 * m(h) = μ_t + A (h − μ_s)
 * A = Σ_s^{-1/2} (Σ_s^{1/2} Σ_t Σ_s^{1/2})^{1/2} Σ_s^{-1/2},   Σ = (1/n) Σᵢ (xᵢ − μ)(xᵢ − μ)ᵀ + ridge · I
 * ```
 *
 * Computed and stored exactly as A = I + Q (A_k − I) Qᵀ, Q [d, k] an orthonormal basis of the centred rows,
 * k <= n_s + n_t − 2; no d×d matrix unless the rows may span the whole space. Fit O(d k² + k³), apply O(d k),
 * storage d k + k² + 2 d float64 values.
 *
 * `targetRidge` replaces the ridge in Σ_t; A is then (targetRidge / ridge)^{1/2} I off the span.
 *
 * A shrunk covariance (`ledoit-wolf`, `oas`) stands for Σ before the ridge; off the span of the rows A is then a multiple of
 * the identity.
 *
 * With `ridge: 'cross-validated'` the fit is asynchronous: the ridge with the best mean held-out score over
 * `folds` folds of prompts (`sourceGroups` and `targetGroups`; rows are their own groups without them) is
 * used on all rows. The score is `input.score` of mapped held-out source rows, or without it minus the
 * energy distance 2 mean‖x − y‖ − mean‖x − x'‖ − mean‖y − y'‖ of mapped held-out source rows x to held-out
 * target rows y. The plain best is taken, exact ties go to the larger ridge. `map.settings` holds the
 * chosen `ridge`, the `criterion` and each ridge's `score[ridge]`.
 *
 * Source: Scialanga et al., "SAKE", ACL 2025; the map is Knott and Smith's (1984).
 *
 * @throws {SakeError} `invalid-option` for a ridge that is not positive and finite; from `fit`, what
 * {@link Mapper.fit} says, `not-enough-data` for fewer prompts than folds, and `numerical` when the ridge is too small
 * against the largest variance for float64.
 */
export function buresWasserstein(options?: BuresWassersteinOptions & { readonly ridge?: number }): SyncMapper;
export function buresWasserstein(options: BuresWassersteinOptions): Mapper;
export function buresWasserstein(options: BuresWassersteinOptions = {}): Mapper {
  const { ridge = DEFAULT_RIDGE, covariance = 'empirical', targetRidge } = options;
  if (!covarianceEstimators.includes(covariance))
    throw new SakeError(
      'invalid-option',
      `buresWasserstein: expected covariance to be one of ${covarianceEstimators.join(', ')}, got ${String(covariance)}`,
    );
  if (targetRidge !== undefined) checkRidge(targetRidge, 'targetRidge');
  if (ridge !== 'cross-validated') return withRidge(ridge, options);
  const { ridges = DEFAULT_RIDGES, folds = 5, seed = 0 } = options;
  if (ridges.length === 0)
    throw new SakeError('invalid-option', 'buresWasserstein: expected at least one of ridges, got none');
  for (const candidate of ridges) checkRidge(candidate, 'each of ridges');
  if (!Number.isInteger(folds) || folds < 2)
    throw new SakeError('invalid-option', `buresWasserstein: expected at least 2 folds, got ${folds}`);
  return {
    kind: BURES_WASSERSTEIN,
    fit: async (input) => {
      checkMapperInput('buresWasserstein', input);
      const choice = await crossValidateRidge(input, { ridges, folds, seed, covariance, targetRidge });
      return fitMap(input, choice.ridge, options, {
        criterion: choice.criterion,
        folds,
        seed,
        ...Object.fromEntries(
          ridges.map((candidate, index) => [`score[${candidate}]`, choice.scores[index]!]),
        ),
      });
    },
  };
}

function withRidge(ridge: number, options: BuresWassersteinOptions): SyncMapper {
  checkRidge(ridge, 'ridge');
  for (const name of ['ridges', 'folds', 'seed'] as const)
    if (options[name] !== undefined)
      throw new SakeError(
        'invalid-option',
        `buresWasserstein: expected ${name} only with ridge 'cross-validated', got ridge ${ridge}`,
      );
  return {
    kind: BURES_WASSERSTEIN,
    fit: (input) => {
      checkMapperInput('buresWasserstein', input);
      return fitMap(input, ridge, options, { criterion: 'given' });
    },
  };
}

function fitMap(
  { source, target }: MapperInput,
  ridge: number,
  { covariance = 'empirical', targetRidge = ridge }: BuresWassersteinOptions,
  settings: TransportMap['settings'],
): TransportMap {
  const pair = gaussianPair(source, target, { covariance });
  return mongeMap(
    pair,
    { source: ridge, target: targetRidge },
    {
      ridge,
      ...(targetRidge !== ridge && { targetRidge }),
      ...(covariance !== 'empirical' && { covariance }),
      ...settings,
      rank: pair.rank,
      sourceRows: source.rows,
      targetRows: target.rows,
    },
  );
}
