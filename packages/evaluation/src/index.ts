export {
  parseCounterFact,
  readCounterFact,
  streamCounterFact,
  type CounterFactDataset,
  type CounterFactFormat,
  type CounterFactRecord,
  type CounterFactSummary,
  type ReadCounterFactOptions,
  type StreamCounterFactOptions,
} from './datasets/counterfact.js';
export {
  parseRippleEdits,
  readRippleEdits,
  streamRippleEdits,
  type ReadRippleEditsOptions,
  type StreamRippleEditsOptions,
} from './datasets/ripple-edits.js';
export {
  isCounterfactual,
  rippleEditsAxes,
  type CounterfactualRippleRecord,
  type RecentRippleRecord,
  type RippleAnswer,
  type RippleEditsAxis,
  type RippleEditsDataset,
  type RippleEditsRecord,
  type RippleEditsSummary,
  type RippleEditsType,
  type RippleQuery,
  type RippleTest,
} from './datasets/ripple-edits-record.js';
export type { AnswerOptions } from './datasets/ripple-edits-tests.js';
export type { LabelOf } from './datasets/ripple-edits-labels.js';
export type { DatasetNote, NoteKind } from './datasets/dataset-notes.js';
export { checkDataset, type CheckDatasetOptions, type DatasetReport } from './datasets/check-dataset.js';
export { datasetSources, type DatasetSource } from './datasets/dataset-sources.js';
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
