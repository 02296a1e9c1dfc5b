import type { DecoderConfig, Gpt2Config, GptJConfig, LlamaConfig } from './config.js';

/** One weight of a checkpoint. */
export interface WeightSpec {
  /** As in Hugging Face checkpoints. */
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * `embedding`: a table of rows; `projection`: a matrix; `output-projection`: a matrix whose product is added to the
   * residual stream; `scale`: of a norm; `bias`: of a norm or a projection.
   */
  readonly role: 'embedding' | 'projection' | 'output-projection' | 'scale' | 'bias';
}

/** Names and shapes of all weights of a decoder, in the order of the forward pass. */
export function decoderWeights(config: DecoderConfig): WeightSpec[] {
  switch (config.family) {
    case 'gpt2':
      return gpt2Weights(config);
    case 'gptj':
      return gptJWeights(config);
    case 'llama':
      return llamaWeights(config);
  }
}

/** Which axis of a projection's matrix comes first in checkpoints. */
export function matrixOrder(config: DecoderConfig): 'in-out' | 'out-in' {
  return config.family === 'gpt2' ? 'in-out' : 'out-in';
}

/** Name of the matrix whose rows embed tokens: [vocabularySize, hiddenSize]. */
export function embeddingName(config: DecoderConfig): string {
  return config.family === 'llama' ? 'model.embed_tokens.weight' : 'transformer.wte.weight';
}

/** Name of the head's matrix, [vocabularySize, hiddenSize]: the embedding's when tied. */
export function headName(config: DecoderConfig): string {
  return config.tieWordEmbeddings ? embeddingName(config) : 'lm_head.weight';
}

/** GPT-2's position table: [maxPositions, hiddenSize]. */
export const POSITION_TABLE = 'transformer.wpe.weight';

/** Bias of GPT-J's head: [vocabularySize]. */
export const HEAD_BIAS = 'lm_head.bias';

/** Prefix of the names of a block's weights. */
export function blockPrefix(config: DecoderConfig, layer: number): string {
  return config.family === 'llama' ? `model.layers.${layer}` : `transformer.h.${layer}`;
}

/** Prefix of the names of the final norm's weights. */
export function finalNormPrefix(config: DecoderConfig): string {
  return config.family === 'llama' ? 'model.norm' : 'transformer.ln_f';
}

/** GPT-2 stores matrices as [in, out]. */
function gpt2Weights(config: Gpt2Config): WeightSpec[] {
  const { hiddenSize, intermediateSize, layers } = config;
  const norm = (name: string): WeightSpec[] => layerNorm(name, hiddenSize);
  const linear = (name: string, from: number, to: number, role: WeightSpec['role']): WeightSpec[] => [
    { name: `${name}.weight`, shape: [from, to], role },
    { name: `${name}.bias`, shape: [to], role: 'bias' },
  ];
  const block = (layer: number): WeightSpec[] => {
    const prefix = blockPrefix(config, layer);
    return [
      ...norm(`${prefix}.ln_1`),
      ...linear(`${prefix}.attn.c_attn`, hiddenSize, 3 * hiddenSize, 'projection'),
      ...linear(`${prefix}.attn.c_proj`, hiddenSize, hiddenSize, 'output-projection'),
      ...norm(`${prefix}.ln_2`),
      ...linear(`${prefix}.mlp.c_fc`, hiddenSize, intermediateSize, 'projection'),
      ...linear(`${prefix}.mlp.c_proj`, intermediateSize, hiddenSize, 'output-projection'),
    ];
  };
  return [
    { name: embeddingName(config), shape: [config.vocabularySize, hiddenSize], role: 'embedding' },
    { name: POSITION_TABLE, shape: [config.maxPositions, hiddenSize], role: 'embedding' },
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    ...norm(finalNormPrefix(config)),
    ...headWeights(config),
  ];
}

/** GPT-J stores matrices as [out, in]. */
function gptJWeights(config: GptJConfig): WeightSpec[] {
  const { hiddenSize, intermediateSize, layers, vocabularySize } = config;
  const width = config.heads * config.headDim;
  const matrix = (name: string, from: number, to: number, role: WeightSpec['role']): WeightSpec => ({
    name: `${name}.weight`,
    shape: [to, from],
    role,
  });
  const bias = (name: string, size: number): WeightSpec => ({
    name: `${name}.bias`,
    shape: [size],
    role: 'bias',
  });
  const block = (layer: number): WeightSpec[] => {
    const prefix = blockPrefix(config, layer);
    return [
      ...layerNorm(`${prefix}.ln_1`, hiddenSize),
      ...['q_proj', 'k_proj', 'v_proj'].map((name) =>
        matrix(`${prefix}.attn.${name}`, hiddenSize, width, 'projection'),
      ),
      matrix(`${prefix}.attn.out_proj`, width, hiddenSize, 'output-projection'),
      matrix(`${prefix}.mlp.fc_in`, hiddenSize, intermediateSize, 'projection'),
      bias(`${prefix}.mlp.fc_in`, intermediateSize),
      matrix(`${prefix}.mlp.fc_out`, intermediateSize, hiddenSize, 'output-projection'),
      bias(`${prefix}.mlp.fc_out`, hiddenSize),
    ];
  };
  return [
    { name: embeddingName(config), shape: [vocabularySize, hiddenSize], role: 'embedding' },
    ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
    ...layerNorm(finalNormPrefix(config), hiddenSize),
    ...headWeights(config),
    { name: HEAD_BIAS, shape: [vocabularySize], role: 'bias' },
  ];
}

/** LLaMA stores matrices as [out, in]. */
function llamaWeights(config: LlamaConfig): WeightSpec[] {
  const { hiddenSize, intermediateSize, headDim } = config;
  const [queries, keys] = [config.heads * headDim, config.kvHeads * headDim];
  const norm = (name: string, size = hiddenSize): WeightSpec => ({
    name: `${name}.weight`,
    shape: [size],
    role: 'scale',
  });
  const linear = (
    name: string,
    from: number,
    to: number,
    bias: boolean,
    role: WeightSpec['role'] = 'projection',
  ): WeightSpec[] => [
    { name: `${name}.weight`, shape: [to, from], role },
    ...(bias ? [{ name: `${name}.bias`, shape: [to], role: 'bias' } as const] : []),
  ];
  const block = (layer: number): WeightSpec[] => {
    const prefix = blockPrefix(config, layer);
    const { qkvBias, attentionOutputBias, mlpBias, queryKeyNorm = false } = config;
    const headNorms = ['q_norm', 'k_norm'].map((name) => norm(`${prefix}.self_attn.${name}`, headDim));
    return [
      norm(`${prefix}.input_layernorm`),
      ...linear(`${prefix}.self_attn.q_proj`, hiddenSize, queries, qkvBias),
      ...linear(`${prefix}.self_attn.k_proj`, hiddenSize, keys, qkvBias),
      ...linear(`${prefix}.self_attn.v_proj`, hiddenSize, keys, qkvBias),
      ...linear(`${prefix}.self_attn.o_proj`, queries, hiddenSize, attentionOutputBias, 'output-projection'),
      ...(queryKeyNorm ? headNorms : []),
      norm(`${prefix}.post_attention_layernorm`),
      ...linear(`${prefix}.mlp.gate_proj`, hiddenSize, intermediateSize, mlpBias),
      ...linear(`${prefix}.mlp.up_proj`, hiddenSize, intermediateSize, mlpBias),
      ...linear(`${prefix}.mlp.down_proj`, intermediateSize, hiddenSize, mlpBias, 'output-projection'),
    ];
  };
  return [
    { name: embeddingName(config), shape: [config.vocabularySize, hiddenSize], role: 'embedding' },
    ...Array.from({ length: config.layers }, (_, layer) => block(layer)).flat(),
    norm(finalNormPrefix(config)),
    ...headWeights(config),
  ];
}

function layerNorm(name: string, size: number): WeightSpec[] {
  return [
    { name: `${name}.weight`, shape: [size], role: 'scale' },
    { name: `${name}.bias`, shape: [size], role: 'bias' },
  ];
}

function headWeights(config: DecoderConfig): WeightSpec[] {
  const shape = [config.vocabularySize, config.hiddenSize];
  return config.tieWordEmbeddings ? [] : [{ name: headName(config), shape, role: 'projection' }];
}
