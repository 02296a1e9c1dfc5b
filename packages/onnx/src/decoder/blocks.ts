import { int } from '../attributes.js';
import { activate } from './activation.js';
import { attention } from './attention.js';
import type { DecoderConfig, Gpt2Config, GptJConfig, LlamaConfig } from './config.js';
import type { DecoderOps } from './decoder-ops.js';
import { rotate } from './rotary.js';
import { blockPrefix, finalNormPrefix } from './weights.js';

/** Output of the final norm, input of the head. */
export const LAST_HIDDEN_STATE = 'last_hidden_state';

/** Name of the residual stream after a block. */
export function residualName(layer: number): string {
  return `resid_post.${layer}`;
}

/** All blocks and the final norm; names the residual stream after each block. */
export function decoderBlocks(ops: DecoderOps, config: DecoderConfig, embedded: string): string {
  let residual = embedded;
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = blockPrefix(config, layer);
    residual = block(ops, config, residual, layer, prefix);
  }
  return norm(ops, config, residual, finalNormPrefix(config), LAST_HIDDEN_STATE);
}

function block(ops: DecoderOps, config: DecoderConfig, x: string, layer: number, prefix: string): string {
  switch (config.family) {
    case 'gpt2':
      return gpt2Block(ops, config, x, layer, prefix);
    case 'gptj':
      return gptJBlock(ops, config, x, layer, prefix);
    case 'llama':
      return llamaBlock(ops, config, x, layer, prefix);
  }
}

function gpt2Block(ops: DecoderOps, config: Gpt2Config, x: string, layer: number, prefix: string): string {
  const { builder, type } = ops;
  const { heads } = config;
  const normed = norm(ops, config, x, `${prefix}.ln_1`);
  const packed = ops.splitHeads(ops.linear(normed, `${prefix}.attn.c_attn`), 3 * heads);
  const [queries, keys, values] = builder.nodeOutputs('Split', [packed], {
    attributes: { axis: int(1), num_outputs: int(3) },
    outputs: 3,
  });
  const mixed = ops.mergeHeads(
    attention(ops, config, layer, queries!, ...ops.remember(layer, keys!, values!)),
  );
  const [kept, merged] = keepLast(ops, config, layer, [x, mixed]);
  const attended = builder.node('Add', [kept!, ops.linear(merged!, `${prefix}.attn.c_proj`)]);

  const wide = ops.linear(norm(ops, config, attended, `${prefix}.ln_2`), `${prefix}.mlp.c_fc`);
  const active = activate(builder, config.activation, wide, type);
  return builder.node('Add', [attended, ops.linear(active, `${prefix}.mlp.c_proj`)], {
    outputs: [residualName(layer)],
  });
}

/** Attention and feed-forward path read the same normed stream, and the block adds both. */
function gptJBlock(ops: DecoderOps, config: GptJConfig, x: string, layer: number, prefix: string): string {
  const { builder, type } = ops;
  const { heads } = config;
  const normed = norm(ops, config, x, `${prefix}.ln_1`);
  const project = (name: string): string =>
    ops.splitHeads(ops.linear(normed, `${prefix}.attn.${name}`), heads);
  const queries = rotate(builder, project('q_proj'), ops.rotary!);
  const keys = rotate(builder, project('k_proj'), ops.rotary!);
  const values = project('v_proj');
  const mixed = ops.mergeHeads(attention(ops, config, layer, queries, ...ops.remember(layer, keys, values)));
  const [kept, merged, read] = keepLast(ops, config, layer, [x, mixed, normed]);
  const attended = ops.linear(merged!, `${prefix}.attn.out_proj`);

  const wide = ops.linear(read!, `${prefix}.mlp.fc_in`);
  const fed = ops.linear(activate(builder, config.activation, wide, type), `${prefix}.mlp.fc_out`);
  return builder.node('Add', [kept!, builder.node('Add', [attended, fed])], {
    outputs: [residualName(layer)],
  });
}

function llamaBlock(ops: DecoderOps, config: LlamaConfig, x: string, layer: number, prefix: string): string {
  const { builder, type } = ops;
  const normed = norm(ops, config, x, `${prefix}.input_layernorm`);
  const project = (name: string, heads: number): string =>
    ops.splitHeads(ops.linear(normed, `${prefix}.self_attn.${name}`), heads);
  const turned = (name: 'q' | 'k', heads: number): string => {
    const projected = project(`${name}_proj`, heads);
    const each = config.queryKeyNorm
      ? norm(ops, config, projected, `${prefix}.self_attn.${name}_norm`)
      : projected;
    return rotate(builder, each, ops.rotary!);
  };
  const queries = turned('q', config.heads);
  const keys = turned('k', config.kvHeads);
  const values = project('v_proj', config.kvHeads);
  const mixed = ops.mergeHeads(attention(ops, config, layer, queries, ...ops.remember(layer, keys, values)));
  const [kept, merged] = keepLast(ops, config, layer, [x, mixed]);
  const attended = builder.node('Add', [kept!, ops.linear(merged!, `${prefix}.self_attn.o_proj`)]);

  const renormed = norm(ops, config, attended, `${prefix}.post_attention_layernorm`);
  const gate = activate(builder, config.activation, ops.linear(renormed, `${prefix}.mlp.gate_proj`), type);
  const gated = builder.node('Mul', [gate, ops.linear(renormed, `${prefix}.mlp.up_proj`)]);
  return builder.node('Add', [attended, ops.linear(gated, `${prefix}.mlp.down_proj`)], {
    outputs: [residualName(layer)],
  });
}

/** Behind the last attention no row needs another one, so those that are not asked for end here. */
function keepLast(
  ops: DecoderOps,
  { layers }: DecoderConfig,
  layer: number,
  tensors: readonly string[],
): string[] {
  return tensors.map((x) => (layer === layers - 1 && ops.keepRows ? ops.keepRows(x) : x));
}

function norm(
  ops: DecoderOps,
  config: DecoderConfig,
  x: string,
  prefix: string,
  output: string = `${prefix}.output`,
): string {
  const scale = ops.vector(`${prefix}.weight`);
  const bias = config.family === 'llama' ? {} : { bias: ops.vector(`${prefix}.bias`) };
  return ops.norm(ops.builder, { x, scale, ...bias, epsilon: config.normEpsilon, type: ops.type }, output);
}
