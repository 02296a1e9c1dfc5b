import { createRandom } from '@sakejs/spec';

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** All weights of a model in one flat vector, with a view on each. */
export interface ParameterSet {
  readonly shapes: readonly ParameterShape[];
  readonly flat: Float32Array;
  /** The view named `name`, sharing memory with `flat`. */
  view(name: string, of?: Float32Array): Float32Array;
  /** Ranges of `flat` that weight decay applies to: matrices, but no norm gains, biases or embeddings. */
  readonly decayed: readonly (readonly [from: number, to: number])[];
}

/** A zeroed parameter set in the order of `shapes`. */
export function createParameterSet(shapes: readonly ParameterShape[]): ParameterSet {
  const ranges = new Map<string, [number, number]>();
  const decayed: [number, number][] = [];
  let at = 0;
  for (const { name, shape } of shapes) {
    const range: [number, number] = [at, at + shape.reduce((a, b) => a * b, 1)];
    ranges.set(name, range);
    if (shape.length >= 2 && !/embed|wte|wpe/.test(name)) decayed.push(range);
    at = range[1];
  }
  const flat = new Float32Array(at);
  return {
    shapes,
    flat,
    decayed,
    view: (name, of = flat) => {
      const range = ranges.get(name);
      if (!range) throw new Error(`parameters: no weight is named ${name}`);
      return of.subarray(range[0], range[1]);
    },
  };
}

/**
 * Fills a parameter set: normal with the given standard deviation, norm gains 1, biases 0.
 *
 * Projections that write to the residual stream are scaled by 1/√(2 layers) (Radford et al. 2019).
 */
export function initialiseParameters(
  parameters: ParameterSet,
  { seed, layers, deviation }: { seed: number; layers: number; deviation: number },
): void {
  const residual = deviation / Math.sqrt(2 * layers);
  for (const { name, shape } of parameters.shapes) {
    const view = parameters.view(name);
    if (shape.length < 2) {
      view.fill(name.endsWith('.bias') ? 0 : 1);
      continue;
    }
    const random = createRandom(seed).fork(name);
    const scale = /(o_proj|down_proj|c_proj)\.weight$/.test(name) ? residual : deviation;
    for (let i = 0; i < view.length; i++) view[i] = scale * random.normal();
  }
}
