import {
  SakeError,
  type Mapper,
  type MapperInput,
  type TensorBundle,
  type TransportMap,
  type Vector,
} from '@sakejs/spec';

/** A mapper whose `fit` answers at once, not with a promise. */
export interface SyncMapper extends Mapper {
  fit(input: MapperInput): TransportMap;
}

/** The npm package that loaders of this package's maps name. */
export const MODULE = '@sakejs/transport';

interface MapParts {
  readonly kind: string;
  readonly dim: number;
  readonly settings: TransportMap['settings'];
  /** Writes the mapped copy of `activation` into `mapped`, both [d]. */
  readonly write: (activation: Vector, mapped: Vector) => void;
  readonly toTensors: () => TensorBundle;
}

/** A {@link TransportMap} around a kernel: checks what comes in, allocates the result. */
export function activationMap({ kind, dim, settings, write, toTensors }: MapParts): TransportMap {
  return {
    kind,
    dim,
    settings,
    apply: <V extends Vector>(activation: V): V => {
      if (activation.length !== dim)
        throw new SakeError(
          'shape-mismatch',
          `${kind} map: expected an activation of width ${dim}, got ${activation.length}; was it fitted on another model?`,
        );
      for (let i = 0; i < dim; i++)
        if (!Number.isFinite(activation[i]))
          throw new SakeError(
            'invalid-input',
            `${kind} map: expected a finite activation, got ${activation[i]} at ${i}`,
          );
      const mapped = (
        activation instanceof Float64Array ? new Float64Array(dim) : new Float32Array(dim)
      ) as V;
      write(activation, mapped);
      return mapped;
    },
    toTensors,
  };
}
