import { intAttribute, intsAttribute } from '../../attributes.js';
import type { Dimension } from '../../graph-builder.js';
import { DataType } from '../../ir.js';
import { broadcastFacts, factsAt, type FactRule, type FactRules } from './tensor-facts.js';

/** The tensor, two statistics, and the sum of what was added first. */
const skipNorm: FactRule = (_, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const sum = { dtype, dims: broadcastFacts([dims, factsAt(inputs, 1).dims]) ?? dims };
  const statistics = { dtype: DataType.FLOAT, dims: sum.dims?.with(-1, 1) };
  return [sum, statistics, statistics, sum];
};

/** Embeddings [batch, tokens, width], a mask index [batch], their sum. */
const embedNorm: FactRule = (_, inputs) => {
  const { dtype, dims: table } = factsAt(inputs, 2);
  const ids = factsAt(inputs, 0).dims;
  const dims = ids && table && [...ids, table.at(-1)];
  return [
    { dtype, dims },
    { dtype: DataType.INT32, dims: ids?.slice(0, 1) },
    { dtype, dims },
  ];
};

const same: FactRule = (_, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  return [{ dtype, dims }];
};

/** [batch, tokens, width of the values], for a width known or not. */
function attended(dims: readonly Dimension[] | undefined, width: Dimension): readonly Dimension[] {
  return [dims?.[0], dims?.[1], width];
}

const attention: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const stated = intsAttribute(node, 'qkv_hidden_sizes', undefined)?.[2];
  const packed = factsAt(inputs, 1).dims?.at(-1);
  const width = stated ?? (typeof packed === 'number' ? packed / 3 : undefined);
  return [
    { dtype, dims: attended(dims, width) },
    { dtype, dims: Array<Dimension>(5).fill(undefined) },
  ];
};

const multiHeadAttention: FactRule = (_, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const value = factsAt(inputs, 2).dims;
  const cache = { dtype, dims: Array<Dimension>(4).fill(undefined) };
  return [{ dtype, dims: attended(dims, value?.length === 3 ? value[2] : undefined) }, cache, cache];
};

const groupQueryAttention: FactRule = (node, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const [heads, keyHeads] = [intAttribute(node, 'num_heads', 0), intAttribute(node, 'kv_num_heads', 0)];
  const [packed, width] = [factsAt(inputs, 1).dims === undefined, dims?.at(-1)];
  const own = packed && typeof width === 'number' ? (width / (heads + 2 * keyHeads)) * heads : width;
  const cache = { dtype, dims: [dims?.[0], keyHeads, undefined, undefined] };
  return [{ dtype, dims: attended(dims, own) }, cache, cache];
};

/** By head or side by side; the width is that of the values. */
const standardAttention: FactRule = (_, inputs) => {
  const { dtype, dims } = factsAt(inputs, 0);
  const value = factsAt(inputs, 2).dims;
  const width = value?.length === 4 ? value[3] : undefined;
  const cache = { dtype, dims: Array<Dimension>(4).fill(undefined) };
  return [{ dtype, dims: dims?.with(-1, width) }, cache, cache, cache];
};

export const fusedFacts: FactRules = {
  'com.microsoft:SkipLayerNormalization': skipNorm,
  'com.microsoft:SkipSimplifiedLayerNormalization': skipNorm,
  'com.microsoft:EmbedLayerNormalization': embedNorm,
  'com.microsoft:SimplifiedLayerNormalization': same,
  'com.microsoft:BiasGelu': same,
  'com.microsoft:RotaryEmbedding': same,
  RotaryEmbedding: same,
  Attention: standardAttention,
  'com.microsoft:Attention': attention,
  'com.microsoft:MultiHeadAttention': multiHeadAttention,
  'com.microsoft:GroupQueryAttention': groupQueryAttention,
};
