import type { ActivationName } from './activation.js';
import type { RopeScaling } from './rope-frequencies.js';

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
  /** Whether scores are divided by √headDim. Default true. */
  readonly scaleScores?: boolean;
  /** Whether scores of layer N (from 0) are divided by N + 1 too. Default false. */
  readonly scaleScoresByLayer?: boolean;
}

/**
 * GPT-J: attention and feed-forward path side by side behind one LayerNorm, rotary positions on neighbouring columns,
 * biases in the feed-forward path and the head only.
 */
export interface GptJConfig extends DecoderSize {
  readonly family: 'gptj';
  readonly ropeTheta: number;
  /** How many of a head's columns turn. */
  readonly rotaryDim: number;
}

/** A window of the last positions, that one included, beyond which layers do not look back. */
export interface SlidingWindow {
  readonly size: number;
  /** The layers that have it, from 0. */
  readonly layers: readonly number[];
}

/** LLaMA and its relatives: rotary positions, RMSNorm, a gated feed-forward path, grouped heads. */
export interface LlamaConfig extends DecoderSize {
  readonly family: 'llama';
  readonly ropeTheta: number;
  /** Changed frequencies of rotary positions; none by default. */
  readonly ropeScaling?: RopeScaling;
  /** Biases of the query, key and value projections (Qwen2 has them). */
  readonly qkvBias: boolean;
  /** Bias of the attention's output projection. */
  readonly attentionOutputBias: boolean;
  readonly mlpBias: boolean;
  /** Whether each head's queries and keys pass an RMSNorm before they turn (Qwen3). Default false. */
  readonly queryKeyNorm?: boolean;
  readonly slidingWindow?: SlidingWindow;
}

/** The architecture of a decoder: all that a graph needs besides the weights. */
export type DecoderConfig = Gpt2Config | GptJConfig | LlamaConfig;

/** Decoders whose positions turn queries and keys. */
export type RotaryDecoderConfig = GptJConfig | LlamaConfig;

/** Whether a decoder's positions are rotary; the others look them up in a table. */
export function isRotary(config: DecoderConfig): config is RotaryDecoderConfig {
  return config.family !== 'gpt2';
}
