import { projectTests } from '../../vitest.base.js';

// No test changes anything global, so files share a process: loading the sources again took longer than the tests.
export default projectTests({ isolate: false });
