export { actAdd, type ActAddOptions } from './act-add.js';
export { icl, type IclOptions } from './icl.js';
export type { DemonstrationRatio } from './build-demonstrations.js';
export type { DemonstrationKind } from './demonstration.js';
export { ike, type IkeOptions } from './ike.js';
export { imagine } from './imagine.js';
export { serac, type SeracOptions } from './serac.js';
export { stateFact } from './state-fact.js';
