export { embeddedModelDirectory, embeddedRecordsFile, type EmbeddedSplit } from './paths.js';
export { embeddedFacts, type EmbeddedFact } from './embedded-facts.js';
