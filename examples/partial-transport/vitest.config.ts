import { projectTests } from '../../vitest.base.js';

export default projectTests({ testTimeout: 120_000, hookTimeout: 120_000 });
