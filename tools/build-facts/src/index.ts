export { buildTables, type BuiltTables, type SourceFolder } from './build-tables.js';
