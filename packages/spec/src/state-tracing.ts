import type { CausalLM, Prompt } from './causal-lm.js';
import { SakeError } from './errors.js';
import type { Matrix, Vector } from './matrix.js';

/**
 * What a block computes that can be put back: the residual stream behind it, or what its attention or its MLP adds to
 * the stream.
 */
export type StateKind = 'stream' | 'attention' | 'mlp';

/** One state of a prompt. */
export interface StateSite {
  readonly kind: StateKind;
  /** The block, 0 the first; of the stream also -1, in front of the first block. */
  readonly layer: number;
  /** Token index in the prompt. */
  readonly position: number;
}

/** What is added to the stream in front of the first block, at one position. */
export interface EmbeddingNoise {
  readonly position: number;
  /** [hiddenSize] */
  readonly values: Vector;
}

/** A run of a prompt with disturbed embeddings, in which some states are what they were without. */
export interface RestoredRun {
  readonly noise: readonly EmbeddingNoise[];
  /** States that are put back to those of the undisturbed run. */
  readonly restored: readonly StateSite[];
}

/** A prompt whose undisturbed states are known. */
export interface TracedPrompt {
  readonly tokens: readonly number[];
  /** Input of the LM head at the last token of the undisturbed run, [hiddenSize]. */
  readonly lastTokenActivation: Float32Array;
  /**
   * Undisturbed states of a kind at every position, [tokens, hiddenSize].
   *
   * @throws {SakeError} `invalid-input` for a block that is not there, `unsupported` for what the graph does not show.
   */
  states(kind: StateKind, layer: number): Matrix<Float32Array>;
  /**
   * Inputs of the LM head at the last token, [runs, hiddenSize]. Runs share passes.
   *
   * @throws {SakeError} as {@link states}; `invalid-input` for a position outside the prompt, `shape-mismatch` for noise
   * of another width, `aborted`.
   */
  run(
    runs: readonly RestoredRun[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Matrix<Float32Array>>;
}

/** Runs of a model with disturbed embeddings and restored states, as causal tracing asks for them. */
export interface StateTracing {
  /**
   * Token embeddings as they enter the stream, [tokens of all prompts, hiddenSize], prompt after prompt. Embeddings of
   * positions are left out where the graph adds them in a sum of its own.
   *
   * @throws {SakeError} `unsupported` for a graph that does not show its residual streams or takes one token at a time.
   */
  embeddings(
    prompts: readonly Prompt[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Matrix<Float32Array>>;
  /**
   * Runs a prompt as it is and keeps its states.
   *
   * @throws {SakeError} as {@link embeddings}.
   */
  prepare(prompt: Prompt): Promise<TracedPrompt>;
}

/**
 * A model's traced runs.
 *
 * @param where the caller to name in errors.
 * @throws {SakeError} `unsupported` for a model that offers none, as a view of one with a change.
 */
export function stateTracing(lm: CausalLM, where: string): StateTracing {
  if (lm.tracing !== undefined) return lm.tracing;
  throw new SakeError(
    'unsupported',
    `${where}: expected a model whose states can be put back, got ${lm.info.id}, which offers no \`tracing\`; ` +
      'load it with loadCausalLM of @sakejs/activations, and trace it without changes',
    { details: { model: lm.info.id } },
  );
}
