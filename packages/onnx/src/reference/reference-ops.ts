import { activationOps } from './activation.js';
import { arithmeticOps } from './arithmetic.js';
import { constantOps } from './constant.js';
import { einsumOps } from './einsum.js';
import { gatherOps } from './gather.js';
import { logicOps } from './logic.js';
import { matmulOps } from './matmul.js';
import { normalisationOps } from './normalisation.js';
import { reduceOps } from './reduce.js';
import type { ReferenceOps } from './reference-op.js';
import { shapeOps } from './shape.js';
import { slicingOps } from './slicing.js';

/** Every operator that {@link evaluate} knows. */
export const referenceOps: ReferenceOps = {
  ...arithmeticOps,
  ...logicOps,
  ...activationOps,
  ...matmulOps,
  ...shapeOps,
  ...slicingOps,
  ...constantOps,
  ...reduceOps,
  ...normalisationOps,
  ...gatherOps,
  ...einsumOps,
};
