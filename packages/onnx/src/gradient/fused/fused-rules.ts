import { attentionExpansions } from './attention.js';
import type { FusedRules } from './fused-rule.js';
import { groupQueryExpansions } from './group-query-attention.js';
import { multiHeadExpansions } from './multi-head-attention.js';
import { normExpansions } from './norms.js';
import { onnxAttentionExpansions } from './onnx-attention.js';
import { rotaryExpansions } from './rotary-embedding.js';

/** Fused operators that are written out before a graph is differentiated, by operator key. */
export const fusedRules: FusedRules = {
  ...normExpansions,
  ...rotaryExpansions,
  ...attentionExpansions,
  ...groupQueryExpansions,
  ...multiHeadExpansions,
  ...onnxAttentionExpansions,
};
