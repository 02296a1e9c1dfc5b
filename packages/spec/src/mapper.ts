import type { Matrix, Vector } from './matrix.js';
import type { TensorBundle } from './tensor-bundle.js';

/** Rows to learn a map from. */
export interface MapperInput {
  /** Activations of the old fact, [n, d]. */
  readonly source: Matrix;
  /** Activations of the new fact, [m, d]. */
  readonly target: Matrix;
  /** The prompt or phrasing each source row came from; rows of one group stay in one fold. [n] */
  readonly sourceGroups?: readonly number[];
  /** The prompt or phrasing each target row came from. [m] */
  readonly targetGroups?: readonly number[];
  /**
   * How well mapped activations [k, d] say the new fact; higher is better. Used to choose settings by
   * cross-validation. Without it a mapper compares distributions.
   */
  readonly score?: (mapped: Matrix) => Promise<number>;
}

/** A fitted map from old-fact activations to new-fact activations. */
export interface TransportMap {
  readonly kind: string;
  /** Width d of what it maps. */
  readonly dim: number;
  /** Settings it was fitted with, e.g. the ridge that cross-validation chose. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** The mapped copy of one activation [d], in the array type of the input, which is left as it was. */
  apply<V extends Vector>(activation: V): V;
  toTensors(): TensorBundle;
}

/** Learns a map from two sets of activations. */
export interface Mapper {
  readonly kind: string;
  /**
   * Fits a map. Never mutates its input.
   *
   * @throws {SakeError} `not-enough-data` for an empty side, `shape-mismatch` for different widths,
   * `invalid-input` for values that are not finite.
   */
  fit(input: MapperInput): TransportMap | Promise<TransportMap>;
}
