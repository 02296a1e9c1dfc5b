import { SakeError } from '@sakejs/spec';
import type { CalibrationTarget } from './calibrate-threshold.js';
import { checkFeatures, type PooledFeature } from './pooled-features.js';
import { checkThreshold } from './vector-detector.js';

/** What classifiers over pooled states have in common. */
export interface ClassifierOptions {
  readonly layers: number;
  readonly features: readonly PooledFeature[];
  readonly penalties: readonly number[];
  readonly heldOut: number;
  readonly threshold: number | CalibrationTarget;
}

/** @throws {SakeError} `invalid-option` for layers below 1. */
export function checkLayers(kind: string, layers: number): void {
  if (!Number.isInteger(layers) || layers < 1)
    throw new SakeError(
      'invalid-option',
      `${kind}: expected layers to be the model's number of blocks, got ${layers}`,
    );
}

/** @throws {SakeError} `invalid-option` for what is out of range. */
export function checkClassifierOptions(kind: string, options: ClassifierOptions): void {
  const { layers, features, penalties, heldOut, threshold } = options;
  const fail = (what: string): never => {
    throw new SakeError('invalid-option', `${kind}: expected ${what}`);
  };
  checkFeatures(kind, features, layers);
  if (penalties.length === 0 || penalties.some((penalty) => !(penalty > 0) || !Number.isFinite(penalty)))
    fail(`positive penalties, got [${penalties.join(', ')}]`);
  if (!(heldOut > 0 && heldOut <= 0.5)) fail(`heldOut in (0, 0.5], got ${heldOut}`);
  checkThreshold(kind, threshold);
  if (typeof threshold === 'number' && threshold >= 1) fail(`a threshold in (0, 1), got ${threshold}`);
}
