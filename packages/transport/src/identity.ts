import { openBundle, SakeError, type Loader, type TransportMap } from '@sakejs/spec';
import { activationMap, MODULE, type SyncMapper } from './activation-map.js';
import { checkMapperInput } from './mapper-input.js';

const KIND = 'identity';
const VERSION = 1;

/** Leaves activations as they are: m(h) = h. The zero of ablations. */
export function identity(): SyncMapper {
  return {
    kind: KIND,
    fit: (input) => {
      checkMapperInput('identity', input);
      return ofWidth(input.source.cols);
    },
  };
}

function ofWidth(dim: number): TransportMap {
  return activationMap({
    kind: KIND,
    dim,
    settings: {},
    write: (activation, mapped) => mapped.set(activation),
    toTensors: () => ({ kind: KIND, version: VERSION, tensors: {}, meta: { dim } }),
  });
}

/** Loads maps of {@link identity}. */
export const identityLoader: Loader<TransportMap> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const dim = openBundle(bundle, { kind: KIND, version: VERSION }).number('dim');
    if (!Number.isInteger(dim) || dim < 1)
      throw new SakeError('invalid-file', `load '${KIND}': expected a positive width 'dim', got ${dim}`);
    return ofWidth(dim);
  },
};
