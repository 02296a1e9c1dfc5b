export type { HubFailure } from './hub-failure.js';
export { isHubId, parseHubId, type HubId } from './hub-id.js';
export type { HubLocation } from './hub-settings.js';
export { planDownload, type DownloadPlan, type PlannedFile, type PlanOptions } from './plan-download.js';
export {
  resolveModel,
  type DownloadProgress,
  type ResolvedModel,
  type ResolveOptions,
} from './resolve-model.js';
export type { Selection } from './select-files.js';
