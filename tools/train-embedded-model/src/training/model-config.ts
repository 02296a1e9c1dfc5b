import type { LlamaConfig } from '@sakejs/onnx';
import type { TrainingConfig } from './training-config.js';

/** The decoder that a configuration describes: LLaMA-shaped, without biases, head tied to the embedding. */
export function modelConfig({ model }: TrainingConfig): LlamaConfig {
  const { hiddenSize, layers, heads, kvHeads, intermediateSize, vocabularySize, maxPositions } = model;
  return {
    family: 'llama',
    hiddenSize,
    layers,
    heads,
    kvHeads,
    headDim: hiddenSize / heads,
    intermediateSize,
    vocabularySize,
    maxPositions,
    normEpsilon: model.normEpsilon,
    activation: 'silu',
    tieWordEmbeddings: true,
    ropeTheta: model.ropeTheta,
    qkvBias: false,
    attentionOutputBias: false,
    mlpBias: false,
  };
}

/** The same as Hugging Face's `config.json`. */
export function huggingFaceConfig(config: LlamaConfig, endOfText: number): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    intermediate_size: config.intermediateSize,
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.maxPositions,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta,
    hidden_act: config.activation,
    tie_word_embeddings: config.tieWordEmbeddings,
    attention_bias: false,
    mlp_bias: false,
    initializer_range: 0.02,
    bos_token_id: null,
    eos_token_id: endOfText,
    torch_dtype: 'float32',
    use_cache: true,
  };
}
