export {
  parseCounterFact,
  readCounterFact,
  type CounterFactDataset,
  type CounterFactRecord,
  type ReadCounterFactOptions,
} from './datasets/counterfact.js';
export {
  counterFactMetrics,
  counterFactQueries,
  withheldPrompts,
  type CounterFactMetric,
  type CounterFactQuery,
} from './protocols/counterfact-queries.js';
export { directDoubt, indirectDoubt } from './protocols/doubt-prompts.js';
export type { Protocol } from './protocols/protocol.js';
export {
  isPrefixOf,
  objectTokens,
  readAnswer,
  scoreQuery,
  type Answer,
  type ObjectTokens,
  type QueryScore,
} from './protocols/score-query.js';
export { createWholeObjectScorer, type WholeObjectScorer } from './protocols/whole-object.js';
export {
  runCounterFact,
  type MethodEntry,
  type RunCounterFactOptions,
  type RunProgress,
} from './runner/run-counterfact.js';
export type {
  Comparison,
  CounterFactResult,
  CounterFactRow,
  MetricValue,
} from './runner/counterfact-result.js';
export {
  summariseCounterFact,
  type MethodScores,
  type ScoredQuery,
  type SummariseInput,
} from './runner/summarise-counterfact.js';
export {
  clusterBootstrapInterval,
  pairedDifference,
  wilsonInterval,
  type BootstrapOptions,
  type Interval,
  type PairedDifference,
  type Trial,
} from './statistics/intervals.js';
export {
  compareGates,
  gateColumns,
  type CompareGatesOptions,
  type GateColumn,
  type GateRow,
  type GateShare,
} from './gates/compare-gates.js';
export { openJournal, type Journal, type JournalRepair, type OpenJournalOptions } from './journal/journal.js';
export type { DamagedLine } from './journal/journal-error.js';
export type { JournalSync } from './journal/line-appender.js';
export { unitKey } from './journal/unit-key.js';
