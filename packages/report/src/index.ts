export { renderPlots } from './render-plots.js';
export { renderReport } from './render-report.js';
export { renderTrace, type TracePageOptions } from './render-trace.js';
export { checkReportInput, checkReportPart, type ReportPart } from './input/check-report-input.js';
export type {
  Ablation,
  AblationPoint,
  ActivationGroup,
  ActivationPicture,
  ActivationPoint,
  EnvironmentValue,
  Measured,
  PublishedTable,
  ReportInput,
  TradeoffPoint,
  TradeoffSeries,
} from './input/report-input.js';
export {
  projectActivations,
  type ActivationProjection,
  type ActivationSets,
} from './activations/project-activations.js';
export {
  canDrawTradeoff,
  gateTrials,
  type GateTrial,
  type GateTrialsOptions,
} from './tradeoff/gate-trials.js';
export { tradeoffCurve, type TradeoffOptions } from './tradeoff/tradeoff-curve.js';
