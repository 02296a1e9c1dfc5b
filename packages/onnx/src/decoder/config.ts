import type { ActivationName } from './activation.js';

interface DecoderSize {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / kvHeads` heads of queries. */
  readonly kvHeads: number;
  readonly headDim: number;
  /** Width of the feed-forward layer. */
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly maxPositions: number;
  readonly normEpsilon: number;
  readonly activation: ActivationName;
  /** Whether the head uses the embedding's matrix. */
  readonly tieWordEmbeddings: boolean;
}

/** GPT-2: learned positions, LayerNorm, one feed-forward path, biases everywhere. */
export interface Gpt2Config extends DecoderSize {
  readonly family: 'gpt2';
}

/** LLaMA and its relatives: rotary positions, RMSNorm, a gated feed-forward path, grouped heads. */
export interface LlamaConfig extends DecoderSize {
  readonly family: 'llama';
  readonly ropeTheta: number;
  /** Biases of the query, key and value projections (Qwen2 has them). */
  readonly qkvBias: boolean;
  /** Bias of the attention's output projection. */
  readonly attentionOutputBias: boolean;
  readonly mlpBias: boolean;
}

/** The architecture of a decoder: all that a graph needs besides the weights. */
export type DecoderConfig = Gpt2Config | LlamaConfig;
