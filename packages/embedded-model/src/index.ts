export {
  embeddedModelDirectory,
  embeddedPopularFile,
  embeddedRecordsFile,
  type EmbeddedSplit,
} from './paths.js';
export { embeddedFacts, type EmbeddedFact } from './embedded-facts.js';
export { embeddedCompositions, type EmbeddedComposition } from './embedded-compositions.js';
export { embeddedAliases, type EmbeddedAlias } from './embedded-aliases.js';
