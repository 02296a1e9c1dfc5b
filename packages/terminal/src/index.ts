export { parseAssignment, type Assignment } from './assignment.js';
export {
  reportDownload,
  type DownloadedSoFar,
  type DownloadReport,
  type PlannedDownload,
} from './download-progress.js';
export { createProgress, formatDuration, type Progress, type ProgressOptions } from './progress.js';
export { formatTable } from './table.js';
export { ExitCode, exitCodeOf } from './exit-code.js';
export { reportError, type ReportOptions } from './report-error.js';
export { runCommand } from './run-command.js';
export type { Streams, TerminalStream } from './streams.js';
export { checkWritable, writeFileAtomic } from './write-file-atomic.js';
