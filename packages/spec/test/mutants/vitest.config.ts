import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';
import { projectTests } from '../../../../vitest.base.js';

/** The contract suites over a right implementation and many wrong ones; run by contract-suites.test.ts. */
const config: ViteUserConfig = projectTests({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  include: ['test/mutants/*.mutants.ts'],
  reporters: ['json'],
  isolate: false,
});

export default config;
