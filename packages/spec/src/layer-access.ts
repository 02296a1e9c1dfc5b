import type { CausalLM, Prompt } from './causal-lm.js';
import { SakeError } from './errors.js';
import type { Matrix, Vector } from './matrix.js';

/** A low-rank change of a block's MLP down-projection: y = W k becomes y = (W + U V) k. */
export interface LowRankDelta {
  readonly layer: number;
  /** U [hiddenSize, rank] */
  readonly u: Matrix;
  /** V [rank, keySize] */
  readonly v: Matrix;
}

/** A change of a block's whole MLP down-projection: y = W k becomes y = W k + Dᵀ k. */
export interface DenseDelta {
  readonly layer: number;
  /** D [keySize, hiddenSize] */
  readonly dense: Matrix;
}

export type WeightDelta = LowRankDelta | DenseDelta;

/** What is added to the residual stream after a block, at one position. */
export interface StreamAddition {
  readonly layer: number;
  /** Token index in the prompt; negative counts from its end. */
  readonly position: number;
  /** [hiddenSize] */
  readonly values: Vector;
}

/** Additions to the residual streams of prompts. */
export interface StreamHook {
  /** Every block behind which something may be added. */
  readonly layers: readonly number[];
  /** What is added to a prompt of these tokens; positions behind it, as generation goes on, are not asked for. */
  additions(tokens: readonly number[]): readonly StreamAddition[];
}

/** A way in which a model runs other than it was loaded; nothing of it is written anywhere. */
export interface ModelChange {
  /** All of them apply; those of one block add up. */
  readonly weights?: readonly WeightDelta[];
  readonly stream?: StreamHook;
}

export interface CaptureKeysOptions {
  readonly layers: readonly number[];
  /** One token index a prompt, negative counts from the end, or every position. Default: the last token of each. */
  readonly positions?: readonly number[] | 'all';
  readonly signal?: AbortSignal;
}

/** What methods that edit inside the blocks need of a model. */
export interface LayerAccess {
  /**
   * Width of a block's MLP key, the input of its down-projection.
   *
   * @throws {SakeError} `invalid-input` for a block that is not there, `unsupported` where the graph shows no such
   * projection; the message says what was looked at.
   */
  keySize(layer: number): number;
  /**
   * MLP keys, [prompts, keySize] a layer; with every position [tokens of all prompts, keySize], prompt after prompt.
   *
   * @throws {SakeError} as {@link keySize}; `invalid-input` for a position outside a prompt, `aborted`.
   */
  captureKeys(
    prompts: readonly Prompt[],
    options: CaptureKeysOptions,
  ): Promise<ReadonlyMap<number, Matrix<Float32Array>>>;
  /**
   * The model as it is with a change: every call runs with it, and the KV cache is the changed model's own.
   *
   * A view: weights, tokenizer and head are the model's, and disposing of it frees nothing; `info` is the model's but
   * for a `runtime.change`. What nothing is added to runs through the plain model, bitwise. A change of a view comes on
   * top of the view's own.
   *
   * @throws {SakeError} `invalid-input` for a block that is not there, `shape-mismatch` for factors of another width,
   * `numerical` for values that are not finite, `unsupported` where the graph does not show what is to be changed.
   */
  withChange(change: ModelChange): CausalLM;
}

/**
 * A model's access to its blocks.
 *
 * @param where the caller to name in errors.
 * @throws {SakeError} `unsupported` for a model without.
 */
export function layerAccess(lm: CausalLM, where: string): LayerAccess {
  if (lm.layers !== undefined) return lm.layers;
  throw new SakeError(
    'unsupported',
    `${where}: expected a model that can be changed at its blocks, got ${lm.info.id}, which offers no \`layers\`; ` +
      'load it with loadCausalLM of @sakejs/activations',
    { details: { model: lm.info.id } },
  );
}
