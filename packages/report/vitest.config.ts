import { projectTests } from '../../vitest.base.js';

export default projectTests();
