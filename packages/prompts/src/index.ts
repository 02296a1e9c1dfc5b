export { createExpertSource, type ExpertInput, type ExpertSourceOptions } from './expert/expert-source.js';
export type { ExpertFormat } from './expert/parse-expert-prompts.js';
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
