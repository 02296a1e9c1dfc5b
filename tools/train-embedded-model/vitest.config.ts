import { projectTests } from '../../vitest.base.js';

// No test leaves anything global changed, so files share a process: loading facts, phrasings and the runtime takes long.
export default projectTests({ isolate: false });
