export { evaluate } from './evaluate.js';
export { doubles, fromOnnxTensor, int64s, refTensor, type RefTensor } from './ref-tensor.js';
export { referenceOps } from './reference-ops.js';
export type { OpCall, ReferenceOp, ReferenceOps } from './reference-op.js';
export { evaluateNode, type NodeCall } from './evaluate-node.js';
export { numericalGradient } from './numerical-gradient.js';
