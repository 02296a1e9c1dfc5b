import { describeMapper } from '@sakejs/spec/testing';
import {
  buresWasserstein,
  diagonalGaussian,
  identity,
  meanShift,
  transportLoaders as loaders,
} from './index.js';

describeMapper('buresWasserstein', () => buresWasserstein(), { loaders });
describeMapper('buresWasserstein, cross-validated', () => buresWasserstein({ ridge: 'cross-validated' }), {
  loaders,
});
describeMapper('buresWasserstein, Ledoit-Wolf', () => buresWasserstein({ covariance: 'ledoit-wolf' }), {
  loaders,
});
describeMapper('buresWasserstein, OAS', () => buresWasserstein({ covariance: 'oas' }), { loaders });
describeMapper('meanShift', () => meanShift(), { loaders });
describeMapper('diagonalGaussian', () => diagonalGaussian(), { loaders });
describeMapper('identity', () => identity(), { loaders });
