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
export { directDoubt, indirectDoubt } from './protocols/doubt-prompts.js';
export {
  createProtocol,
  liveEdits,
  protocolNames,
  protocols,
  type Protocol,
  type ProtocolName,
} from './protocols/protocol.js';
export {
  isPrefixOfAny,
  readAnswer,
  rivalTokens,
  type Answer,
  type AnswerCircumstances,
  type Rivals,
  type RivalTokens,
} from './protocols/answer.js';
export { createWholeObjectScorer, type WholeObjectScorer } from './protocols/whole-object.js';
export { divergence, type Divergence } from './protocols/divergence.js';
export {
  counts,
  leftOut,
  type ConditionAsk,
  type Evidence,
  type Judgement,
  type Metric,
  type MetricAsk,
  type MetricUnit,
  type Scores,
} from './metrics/metric.js';
export type { Condition, HarmonicMean, Query, Suite, SuiteCase, SuiteData } from './suites/suite.js';
export { counterFactSuite, withheldPrompts } from './suites/counterfact-suite.js';
export { popularSuite } from './suites/popular-suite.js';
export { doubtSuite } from './suites/doubt-suite.js';
export { doubtWordings, type DoubtWording } from './suites/doubt-wordings.js';
export { localitySuite, type LocalityOptions } from './suites/locality-suite.js';
export { neutralTexts } from './suites/neutral-texts.js';
export { robustnessSuite, type RobustnessOptions } from './suites/robustness-suite.js';
export { runSuite, workSuite, type SuiteShare } from './runner/run-suite.js';
export type { RunProgress, RunSuiteOptions } from './runner/run-options.js';
export type { MethodEntry } from './runner/method-entry.js';
export { editsInMemory, noUnits, type EditStore, type UnitStore } from './runner/unit-store.js';
export type { QueryOutcome } from './runner/outcome.js';
export type {
  Comparison,
  EditCost,
  MetricColumn,
  MetricValue,
  QueryRecord,
  SuiteResult,
  SuiteRow,
  UnitError,
} from './runner/suite-result.js';
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
export { holmAdjust } from './statistics/holm.js';
export { mcnemarTest, type Discordant, type McNemarOptions } from './statistics/mcnemar.js';
export { signFlipTest, type SignFlipOptions } from './statistics/sign-flip.js';
export { parseSuiteResults, readSuiteResults } from './runner/read-suite-results.js';
export { suiteResultSchema } from './runner/suite-result-schema.js';
export type { Difference } from './compare/circumstances.js';
export type { ComparedMetric, Verdict } from './compare/compare-metric.js';
export {
  compareResults,
  type ComparedRow,
  type ComparedTable,
  type CompareResultsOptions,
  type ResultComparison,
} from './compare/compare-results.js';
export { costCells, costColumns, costHeadings, type CostColumns } from './tables/cost-cells.js';
export { formatShare } from './tables/format-share.js';
export {
  publishedBeside,
  publishedFor,
  publishedTables,
  type PublishedRow,
  type PublishedTable,
} from './tables/published.js';
export {
  cellParts,
  columnN,
  tableNumber,
  unitName,
  type ReportCell,
  type ReportColumn,
  type ReportRow,
  type ReportTable,
} from './tables/report-table.js';
export { scorerCaption, scorerTable, scorerText, type ScorerTable } from './tables/scorer-table.js';
export { tableOfResult, type TableOptions } from './tables/table-of-result.js';
export { tableOfVariants, type Variant } from './tables/table-of-variants.js';
export { markdownTable, renderMarkdown } from './tables/markdown-table.js';
export { latexTable, renderLatex } from './tables/latex-table.js';
export {
  harmonicMeanDifference,
  harmonicMeanInterval,
  type HarmonicMeanDifference,
} from './statistics/harmonic-mean.js';
export { traceFacts, type TraceOptions } from './trace/trace-facts.js';
export { positionGroup, positionGroups, type PositionGroup } from './trace/position-groups.js';
export {
  stateKinds,
  type AverageEffect,
  type FactTrace,
  type LayerSuggestion,
  type TraceMean,
  type TraceResult,
  type TraceSettings,
} from './trace/trace-result.js';
