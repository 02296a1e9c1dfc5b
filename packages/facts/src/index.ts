export { factSources, type Fact, type FactRow, type FactSource } from './fact.js';
export { facts, findFacts, objectsOf, type FactQuery } from './find-facts.js';
export { compareLabels, hasUnprintable, leaksObject, normalizeLabel } from './label.js';
export { tablesHash } from './load-tables.js';
export { relation, relations, type EntityType, type Relation } from './relations.js';
export { countSharedSubjects, selectFacts, type SelectFactsOptions } from './select-facts.js';
export { formatTable, parseTable } from './table-format.js';
