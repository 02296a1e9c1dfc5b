import { SakeError } from '@sakejs/spec';
import type { OnnxModel } from '../ir.js';
import { evaluate } from './evaluate.js';
import type { RefTensor } from './ref-tensor.js';

/**
 * Derivatives of Σ seed · output by one tensor, by central differences in float64.
 *
 * (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h, whose error is O(h⁴): with h = 1e-3 about 1e-12 from
 * the formula and 1e-13 from rounding, relative to a smooth function of size 1. Four runs an entry.
 *
 * @param wrt The feed to differentiate by.
 * @param seeds Output gradients by output name.
 * @param entries Flat indices to differentiate by; all by default.
 * @returns One derivative an entry.
 * @throws {SakeError} `not-found` when `wrt` is not fed; else as {@link evaluate}.
 */
export function numericalGradient(
  model: OnnxModel,
  feeds: Readonly<Record<string, RefTensor>>,
  {
    wrt,
    seeds,
    entries,
    step = 1e-3,
  }: {
    wrt: string;
    seeds: Readonly<Record<string, RefTensor>>;
    entries?: readonly number[];
    step?: number;
  },
): number[] {
  const at = feeds[wrt];
  if (at === undefined)
    throw new SakeError(
      'not-found',
      `numericalGradient: expected "${wrt}" among the feeds, got ${Object.keys(feeds).join(', ')}`,
    );
  const value = (entry: number, shift: number): number => {
    const data = at.data.slice();
    data[entry]! += shift;
    const outputs = evaluate(model, { ...feeds, [wrt]: { ...at, data } }, Object.keys(seeds));
    return Object.entries(seeds).reduce(
      (total, [name, seed]) => outputs[name]!.data.reduce((sum, y, i) => sum + y * seed.data[i]!, total),
      0,
    );
  };
  return (entries ?? Array.from(at.data.keys())).map((entry) => {
    const near = value(entry, step) - value(entry, -step);
    const far = value(entry, 2 * step) - value(entry, -2 * step);
    return (8 * near - far) / (12 * step);
  });
}
