import { openBundle } from '../../src/bundle-reader.js';
import { SakeError } from '../../src/errors.js';
import type { Mapper, TransportMap } from '../../src/mapper.js';
import { row, type Matrix, type Vector } from '../../src/matrix.js';
import type { Loader } from '../../src/tensor-bundle.js';

const KIND = 'toy-shift';

/** m(h) = h + shift, [d]. */
export function shiftMap(shift: Float64Array): TransportMap {
  const dim = shift.length;
  return {
    kind: KIND,
    dim,
    settings: { norm: Math.hypot(...shift) },
    apply<V extends Vector>(activation: V): V {
      if (activation.length !== dim)
        throw new SakeError('shape-mismatch', `apply: expected width ${dim}, got ${activation.length}`);
      if (!activation.every(Number.isFinite))
        throw new SakeError('invalid-input', 'apply: expected finite values, got others');
      return activation.map((value, at) => value + shift[at]!) as V;
    },
    toTensors: () => ({
      kind: KIND,
      version: 1,
      tensors: { shift: { shape: [dim], data: shift } },
      meta: {},
    }),
  };
}

export const shiftLoader: Loader<TransportMap> = {
  kind: KIND,
  version: 1,
  module: 'test/toys',
  load: (bundle) => shiftMap(openBundle(bundle, shiftLoader).float64('shift', [null]).data),
};

function meanOf(side: string, rows: Matrix): Float64Array {
  if (rows.rows === 0) throw new SakeError('not-enough-data', `fit: expected ${side} rows, got none`);
  const mean = new Float64Array(rows.cols);
  for (let i = 0; i < rows.rows; i++)
    row(rows, i).forEach((value, at) => {
      if (!Number.isFinite(value))
        throw new SakeError('invalid-input', `fit: expected finite values, got ${value} in ${side} row ${i}`);
      mean[at]! += value / rows.rows;
    });
  return mean;
}

/** The difference of the means. */
export function toyMapper(): Mapper {
  return {
    kind: KIND,
    fit({ source, target }) {
      if (source.cols !== target.cols)
        throw new SakeError('shape-mismatch', `fit: expected ${source.cols} columns, got ${target.cols}`);
      const from = meanOf('source', source);
      return shiftMap(meanOf('target', target).map((value, at) => value - from[at]!));
    },
  };
}
