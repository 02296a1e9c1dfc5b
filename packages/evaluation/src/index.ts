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
export {
  isPrefixOf,
  objectTokens,
  readAnswer,
  scoreQuery,
  type Answer,
  type ObjectTokens,
  type QueryScore,
} from './protocols/score-query.js';
export {
  runCounterFact,
  type MethodEntry,
  type Protocol,
  type RunCounterFactOptions,
  type RunProgress,
} from './runner/run-counterfact.js';
export type {
  Comparison,
  CounterFactResult,
  CounterFactRow,
  MetricValue,
  ScoredQuery,
  SummariseInput,
} from './runner/summarise-counterfact.js';
export { summariseCounterFact } from './runner/summarise-counterfact.js';
export {
  clusterBootstrapInterval,
  pairedDifference,
  wilsonInterval,
  type BootstrapOptions,
  type Interval,
  type PairedDifference,
  type Trial,
} from './statistics/intervals.js';
