export {
  createAgentSource,
  type AgentProgress,
  type AgentSource,
  type AgentSourceOptions,
  type SourceUsage,
} from './agent/agent-source.js';
export type { CallReport } from './agent/agent-writer.js';
export type { CallFailureReason } from './agent/call-error.js';
export type { ApiKey, AzureOptions, ChatClient } from './agent/chat-client.js';
export type { ResponseFormat } from './agent/chat-messages.js';
export {
  generateMany,
  type DistributionSource,
  type GenerateManyOptions,
  type ManyResult,
} from './agent/generate-many.js';
export { instructionVersions } from './agent/instructions/instruction-versions.js';
export type { InstructionKind } from './agent/instructions/instruction.js';
export type { CallFailure, Reasked } from './agent/prompt-writer.js';
export type { Implication } from './agent/screen-implications.js';
export type { ReverseQuestion } from './agent/screen-reverse-questions.js';
export type { TokenPrices, TokenUsage } from './agent/token-usage.js';
export type { WantedEntries } from './agent/wanted-entries.js';
export type {
  FiledDistribution,
  KindReport,
  WritingReport,
  WrittenDistribution,
  WrittenParts,
} from './agent/written-distribution.js';
export { cacheKey, type CacheKey } from './cache/cache-key.js';
export {
  createPromptCache,
  type CacheStats,
  type PromptCache,
  type PrunedFiles,
} from './cache/prompt-cache.js';
export type { WritingOptions } from './agent/writing-options.js';
export { createLocalSource, type LocalSource, type LocalSourceOptions } from './local/local-source.js';
export {
  createExpertSource,
  type ExpertInput,
  type ExpertSource,
  type ExpertSourceOptions,
} from './expert/expert-source.js';
export {
  expertFormatOf,
  type DistributionFormat,
  type ExpertFile,
  type ExpertFormat,
  type ExpertProblem,
  type ExpertPrompt,
  type ExpertRecord,
} from './expert/expert-file.js';
export { parseEditRequests } from './expert/parse-edit-requests.js';
export { parseExpertFile } from './expert/parse-expert-file.js';
export { readExpertFile } from './expert/read-expert-file.js';
export { hasPromptsFor } from './expert/records-for.js';
export { distributionsOf, parseDistributions, requestOf } from './expert/distribution-records.js';
export {
  createDistributionWriter,
  writeDistributions,
  type DistributionWriter,
} from './expert/write-distributions.js';
export {
  reviewExpertFile,
  type ExpertReview,
  type ReviewedDrop,
  type ReviewOptions,
} from './expert/review-expert-file.js';
export {
  summariseDistributions,
  type DistributionStatistics,
  type Spread,
} from './quality/distribution-statistics.js';
export { createTemplateSource, type TemplateSourceOptions } from './template-source.js';
export type { KnownFact } from './fact-index.js';
export { relationPhrasings } from './phrasings/all-relations.js';
export type { RelationPhrasings, SubjectKind } from './phrasings/relation-phrasings.js';
export { neutralSentences } from './neutral-sentences.js';
export { reservedTestSentences } from './reserved-test-sentences.js';
export { doubtForms, fillDoubtForm, type DoubtFill, type DoubtForm } from './doubt-forms.js';
export {
  fillTopicChange,
  topicChangeForms,
  type TopicChangeFill,
  type TopicChangeForm,
} from './topic-change.js';
export { shortNames, type ShortName } from './short-names.js';
export { fillDescription } from './fill-description.js';
export { fillQuestionForm, questionForms } from './question-forms.js';
export {
  forcedSource,
  implicationContexts,
  steeringContext,
  type ContextInput,
  type ImplicationInput,
} from '@sakejs/spec';
export {
  screenCandidates,
  standardGates,
  type DroppedCandidate,
  type RequestAliases,
  type Screened,
  type ScreenedRequest,
  type ScreenOptions,
} from './quality/screen-candidates.js';
export { screenWithModel, type ModelScreenOptions } from './quality/screen-with-model.js';
export type { Candidate, GateContext, ModelGate, QualityGate } from './quality/quality-gate.js';
export {
  duplicate,
  emptyText,
  missingSubject,
  namesObject,
  placeholder,
  withheld,
} from './quality/text-gates.js';
export {
  nearDuplicate,
  type NearDuplicateOptions,
  type SimilarityMeasure,
} from './quality/near-duplicate.js';
export { lengthBounds, type LengthOptions } from './quality/length-gate.js';
export { languageIs, type LanguageOptions, type PromptLanguage } from './quality/language-gate.js';
export { saysNewObject, type SaysNewObjectOptions } from './quality/says-object.js';
export { answerChanges, type AnswerChangesOptions } from './quality/answer-changes.js';
export { createWithholding, type Withholding } from './withholding.js';
export { diverseSubset, type DiverseSubsetOptions } from './selection/diverse-subset.js';
export { embedPrompts, type EmbeddingSpace } from './selection/embed-prompts.js';
export {
  farthestPoints,
  type FarthestPointsOptions,
  type SelectionDistance,
} from './selection/farthest-points.js';
export { nestedSubsets, type NestedSubsetsOptions } from './selection/nested-subsets.js';
export {
  captureImplications,
  selectImplications,
  type ReferenceSelectionOptions,
  type SelectedImplications,
} from './selection/reference-implications.js';
