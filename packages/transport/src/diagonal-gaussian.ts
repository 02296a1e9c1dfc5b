import { openBundle, SakeError, type Loader, type TransportMap } from '@sakejs/spec';
import { activationMap, MODULE, type SyncMapper } from './activation-map.js';
import { DEFAULT_RIDGE } from './bures-wasserstein.js';
import { columnMeans, columnVariances } from './column-statistics.js';
import { checkMapperInput } from './mapper-input.js';

const KIND = 'diagonal-gaussian';
const VERSION = 1;

export interface DiagonalGaussianOptions {
  /** Ridge added to every variance (activation²), > 0. Default {@link DEFAULT_RIDGE}. */
  readonly ridge?: number;
}

/**
 * The Monge map between Gaussians with diagonal covariances: each coordinate on its own.
 *
 * ```
 * m(h)_i = μ_t,i + sqrt((σ²_t,i + ridge) / (σ²_s,i + ridge)) (h_i − μ_s,i)
 * ```
 *
 * Variances of 1/n form. Between {@link meanShift} and {@link buresWasserstein} in an ablation. O(n d).
 */
export function diagonalGaussian(options: DiagonalGaussianOptions = {}): SyncMapper {
  const { ridge = DEFAULT_RIDGE } = options;
  if (!(ridge > 0) || !Number.isFinite(ridge))
    throw new SakeError('invalid-option', `diagonalGaussian: expected a positive finite ridge, got ${ridge}`);
  return {
    kind: KIND,
    fit: (input) => {
      checkMapperInput('diagonalGaussian', input);
      const { source, target } = input;
      const sourceMean = columnMeans(source);
      const targetMean = columnMeans(target);
      const targetVariance = columnVariances(target, targetMean);
      const scale = columnVariances(source, sourceMean).map((variance, at) =>
        Math.sqrt((targetVariance[at]! + ridge) / (variance + ridge)),
      );
      if (!scale.every((value) => Number.isFinite(value)))
        throw new SakeError('numerical', 'diagonalGaussian: expected finite scales, got an overflow');
      return fromParts(sourceMean, targetMean, scale, {
        ridge,
        sourceRows: source.rows,
        targetRows: target.rows,
      });
    },
  };
}

function fromParts(
  sourceMean: Float64Array,
  targetMean: Float64Array,
  scale: Float64Array,
  settings: TransportMap['settings'],
): TransportMap {
  const shape = [scale.length];
  return activationMap({
    kind: KIND,
    dim: scale.length,
    settings,
    write: (activation, mapped) => {
      for (let i = 0; i < scale.length; i++)
        mapped[i] = targetMean[i]! + scale[i]! * (activation[i]! - sourceMean[i]!);
    },
    toTensors: () => ({
      kind: KIND,
      version: VERSION,
      tensors: {
        sourceMean: { shape, data: sourceMean },
        targetMean: { shape, data: targetMean },
        scale: { shape, data: scale },
      },
      meta: { settings },
    }),
  });
}

/** Loads maps of {@link diagonalGaussian}. */
export const diagonalGaussianLoader: Loader<TransportMap> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: KIND, version: VERSION });
    const { data: scale } = reader.float64('scale', [null]);
    const { data: sourceMean } = reader.float64('sourceMean', [scale.length]);
    const { data: targetMean } = reader.float64('targetMean', [scale.length]);
    return fromParts(sourceMean, targetMean, scale, reader.settings());
  },
};
