import { projectTests } from '../../vitest.base.js';

// The first distribution of a file reads all facts: a busy machine takes long for that.
export default projectTests({ testTimeout: 60_000, hookTimeout: 60_000 });
