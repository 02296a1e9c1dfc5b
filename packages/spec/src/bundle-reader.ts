import { SakeError } from './errors.js';
import type { Vector } from './matrix.js';
import type { Json, TensorBundle } from './tensor-bundle.js';

/** A tensor whose shape and element type were checked. */
export interface CheckedTensor<Data extends Vector> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** Reads what a loader expects of a bundle, or says what is wrong with the file. */
export interface BundleReader {
  /** A float64 tensor of that shape; `null` leaves a dimension free. All values must be finite. */
  float64(name: string, shape: readonly (number | null)[]): CheckedTensor<Float64Array>;
  /** As {@link float64}, for float32 or float64 values. */
  float(name: string, shape: readonly (number | null)[]): CheckedTensor<Vector>;
  /** Whether the bundle holds a tensor of that name. */
  has(name: string): boolean;
  /** A finite number of the meta data. */
  number(name: string): number;
  /** A text of the meta data; with `allowed`, one of those. */
  text<T extends string>(name: string, allowed?: readonly T[]): T;
  /** The `settings` object of the meta data: numbers, texts and booleans. */
  settings(): Readonly<Record<string, number | string | boolean>>;
}

/**
 * Opens a bundle for a loader of one kind.
 *
 * @throws {SakeError} `invalid-file` here for another kind or a newer version, and from each method
 * for what is missing, of a wrong shape or type, or not finite.
 */
export function openBundle(
  bundle: TensorBundle,
  expected: { readonly kind: string; readonly version: number },
): BundleReader {
  const { kind, version } = expected;
  const fail = (what: string, details: Record<string, unknown> = {}): never => {
    throw new SakeError('invalid-file', `load '${kind}': expected ${what}`, {
      details: { kind, ...details },
    });
  };
  if (bundle.kind !== kind) fail(`a bundle of kind '${kind}', got '${bundle.kind}'`);
  if (!Number.isInteger(bundle.version) || bundle.version < 1 || bundle.version > version)
    fail(`a version from 1 to ${version}, got ${bundle.version}; a newer release may read it`);

  const tensor = (name: string, shape: readonly (number | null)[]): CheckedTensor<Vector> => {
    const found = Object.hasOwn(bundle.tensors, name) ? bundle.tensors[name] : undefined;
    const wanted = `tensor '${name}' of shape [${shape.map((size) => size ?? '?').join(', ')}]`;
    if (found === undefined) return fail(`${wanted}, got none; the file is incomplete`, { tensor: name });
    const actual = found.shape;
    const fits =
      actual.length === shape.length && shape.every((size, axis) => size === null || size === actual[axis]);
    const size = actual.reduce((product, dimension) => product * dimension, 1);
    if (!fits || size !== found.data.length)
      fail(`${wanted}, got [${actual.join(', ')}] with ${found.data.length} values`, { tensor: name });
    const { data } = found;
    if (data instanceof Int32Array) return fail(`${wanted} as floats, got int32`, { tensor: name });
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) fail(`finite values in tensor '${name}', got ${data[bad]} at ${bad}`, { tensor: name });
    return { shape: actual, data };
  };
  const meta = (name: string): Json | undefined =>
    Object.hasOwn(bundle.meta, name) ? bundle.meta[name] : undefined;

  return {
    float: tensor,
    float64: (name, shape) => {
      const { data, shape: actual } = tensor(name, shape);
      if (!(data instanceof Float64Array))
        return fail(`tensor '${name}' as float64, got float32`, { tensor: name });
      return { shape: actual, data };
    },
    has: (name) => Object.hasOwn(bundle.tensors, name),
    number: (name) => {
      const value = meta(name);
      if (typeof value !== 'number' || !Number.isFinite(value))
        return fail(`a finite number '${name}', got ${JSON.stringify(value)}`);
      return value;
    },
    text: <T extends string>(name: string, allowed?: readonly T[]): T => {
      const value = meta(name);
      if (typeof value !== 'string' || (allowed !== undefined && !allowed.includes(value as T)))
        return fail(`'${name}' to be ${allowed?.join(' | ') ?? 'a text'}, got ${JSON.stringify(value)}`);
      return value as T;
    },
    settings: () => {
      const value = meta('settings');
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return fail(`an object 'settings', got ${JSON.stringify(value)}`);
      for (const [name, entry] of Object.entries(value as Record<string, Json>))
        if (!['number', 'string', 'boolean'].includes(typeof entry))
          fail(`setting '${name}' to be a number, text or boolean, got ${JSON.stringify(entry)}`);
      return value as Record<string, number | string | boolean>;
    },
  };
}
