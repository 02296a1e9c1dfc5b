import type { WeightSpec } from '@sakejs/onnx';
import { createRandom, SakeError } from '@sakejs/spec';

/** All weights of a model in one flat vector, with a view on each. */
export interface ParameterSet {
  readonly specs: readonly WeightSpec[];
  readonly flat: Float32Array<ArrayBuffer>;
  /** The part of `of` (default `flat`) that belongs to the weight `name`, sharing memory. */
  view(name: string, of?: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
  /** Ranges of `flat` that weight decay applies to: matrices, but no embeddings, norm scales or biases. */
  readonly decayed: readonly (readonly [from: number, to: number])[];
}

/** A zeroed parameter set in the order of `specs`. */
export function createParameterSet(specs: readonly WeightSpec[]): ParameterSet {
  const ranges = new Map<string, readonly [number, number]>();
  const decayed: (readonly [number, number])[] = [];
  let at = 0;
  for (const { name, shape, role } of specs) {
    const range = [at, at + shape.reduce((a, b) => a * b, 1)] as const;
    ranges.set(name, range);
    if (role === 'projection' || role === 'output-projection') decayed.push(range);
    at = range[1];
  }
  const flat = new Float32Array(at);
  return {
    specs,
    flat,
    decayed,
    view(name, of = flat) {
      const range = ranges.get(name);
      if (!range) throw new SakeError('not-found', `view: expected the name of a weight, got '${name}'`);
      return of.subarray(range[0], range[1]);
    },
  };
}

export interface InitialisationOptions {
  readonly seed: number;
  readonly layers: number;
  /** Standard deviation of matrices and embeddings. */
  readonly deviation: number;
}

/**
 * Fills a parameter set: normal with the given standard deviation, norm scales 1, biases 0.
 *
 * Projections whose product is added to the residual stream get deviation/√(2 layers) (Radford et al. 2019).
 */
export function initialiseParameters(parameters: ParameterSet, options: InitialisationOptions): void {
  const { seed, layers, deviation } = options;
  for (const { name, role } of parameters.specs) {
    const view = parameters.view(name);
    if (role === 'scale' || role === 'bias') {
      view.fill(role === 'scale' ? 1 : 0);
      continue;
    }
    const random = createRandom(seed).fork(name);
    const scale = role === 'output-projection' ? deviation / Math.sqrt(2 * layers) : deviation;
    for (let i = 0; i < view.length; i++) view[i] = scale * random.normal();
  }
}
