import { projectTests } from '../../vitest.base.js';

// No test changes anything global, so files share a process: loading the runtime and transformers.js takes long.
export default projectTests({ isolate: false });
