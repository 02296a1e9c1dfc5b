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
