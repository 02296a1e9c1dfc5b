import { openBundle, type Loader, type TransportMap } from '@sakejs/spec';
import { activationMap, MODULE, type SyncMapper } from './activation-map.js';
import { columnMeans } from './column-statistics.js';
import { checkMapperInput } from './mapper-input.js';

const KIND = 'mean-shift';
const VERSION = 1;

/** Adds the difference of the means: m(h) = h + (μ_t − μ_s). The "uniform" steering of the paper's ablation. */
export function meanShift(): SyncMapper {
  return {
    kind: KIND,
    fit: (input) => {
      checkMapperInput('meanShift', input);
      const shift = columnMeans(input.target);
      columnMeans(input.source).forEach((mean, at) => (shift[at]! -= mean));
      return fromShift(shift, { sourceRows: input.source.rows, targetRows: input.target.rows });
    },
  };
}

function fromShift(shift: Float64Array, settings: TransportMap['settings']): TransportMap {
  return activationMap({
    kind: KIND,
    dim: shift.length,
    settings,
    write: (activation, mapped) => {
      for (let i = 0; i < shift.length; i++) mapped[i] = activation[i]! + shift[i]!;
    },
    toTensors: () => ({
      kind: KIND,
      version: VERSION,
      tensors: { shift: { shape: [shift.length], data: shift } },
      meta: { settings },
    }),
  });
}

/** Loads maps of {@link meanShift}. */
export const meanShiftLoader: Loader<TransportMap> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: KIND, version: VERSION });
    return fromShift(reader.float64('shift', [null]).data, reader.settings());
  },
};
