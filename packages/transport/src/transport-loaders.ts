import type { Loader, TransportMap } from '@sakejs/spec';
import { diagonalGaussianLoader } from './diagonal-gaussian.js';
import { identityLoader } from './identity.js';
import { meanShiftLoader } from './mean-shift.js';
import { mongeMapLoader } from './monge-map.js';

/** A loader for every kind of map in this package. */
export const transportLoaders: readonly Loader<TransportMap>[] = [
  mongeMapLoader,
  meanShiftLoader,
  diagonalGaussianLoader,
  identityLoader,
];
