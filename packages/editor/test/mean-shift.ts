import {
  type Loader,
  type Mapper,
  type Matrix,
  openBundle,
  type TransportMap,
  type Vector,
} from '@sakejs/spec';

const KIND = 'test-mean-shift';

/** h + (mean of targets - mean of sources), enough of a mapper to test the editor with. */
export const meanShift: Mapper = {
  kind: KIND,
  fit: ({ source, target }) => {
    const from = columnMeans(source);
    return shiftBy(columnMeans(target).map((value, at) => value - from[at]!));
  },
};

export const meanShiftLoader: Loader<TransportMap> = {
  kind: KIND,
  version: 1,
  module: '@sakejs/editor/test/mean-shift',
  load: (bundle) => shiftBy(openBundle(bundle, { kind: KIND, version: 1 }).float64('shift', [null]).data),
};

function shiftBy(shift: Float64Array): TransportMap {
  return {
    kind: KIND,
    dim: shift.length,
    settings: {},
    apply: <V extends Vector>(activation: V): V => activation.map((value, at) => value + shift[at]!) as V,
    toTensors: () => ({
      kind: KIND,
      version: 1,
      tensors: { shift: { shape: [shift.length], data: shift } },
      meta: {},
    }),
  };
}

/** [n, d] -> [d] */
export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const means = new Float64Array(cols);
  data.forEach((value, at) => (means[at % cols]! += value / rows));
  return means;
}
