/** JSON values, as they stand in a file's header. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A tensor as persistence sees it: a shape and its values, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

/**
 * What a map, a scope or an edit becomes on disk: what it is, its tensors and its settings.
 * Loading a bundle gives back an object with bitwise the same behaviour.
 */
export interface TensorBundle {
  /** Names the loader, e.g. `bures-wasserstein`. */
  readonly kind: string;
  readonly version: number;
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly meta: Readonly<Record<string, Json>>;
}

/** Turns bundles of one kind back into what they were. */
export interface Loader<T> {
  readonly kind: string;
  /** The newest version this loader reads; older ones too. */
  readonly version: number;
  /** The npm package (or file) that offers the kind; named in errors when it is missing. */
  readonly module: string;
  /** @throws {SakeError} `invalid-file` when tensors or settings are missing or of a wrong shape. */
  load(bundle: TensorBundle): T;
}
