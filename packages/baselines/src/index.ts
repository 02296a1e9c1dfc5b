export { actAdd, type ActAddOptions } from './act-add.js';
export { icl, type IclOptions } from './icl.js';
export { imagine } from './imagine.js';
export { stateFact } from './state-fact.js';
