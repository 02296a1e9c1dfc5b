export {
  createProgress,
  formatDuration,
  type Progress,
  type ProgressOptions,
  type ProgressStream,
} from './progress.js';
export { formatTable } from './table.js';
export { ExitCode, exitCodeOf } from './exit-code.js';
export { runCommand, type RunCommandOptions } from './run-command.js';
export { writeFileAtomic } from './write-file-atomic.js';
