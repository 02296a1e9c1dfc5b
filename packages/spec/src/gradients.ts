import type { CausalLM, Prompt } from './causal-lm.js';
import { SakeError } from './errors.js';
import type { Matrix } from './matrix.js';

/** weight · −ln p(token | the sequence up to `position`), in nats. */
export interface TargetTerm {
  readonly kind: 'target';
  /** The token index whose prediction counts: that of the token behind it. */
  readonly position: number;
  readonly token: number;
  readonly weight: number;
}

/**
 * weight · KL between the next-token distributions of the changed and the plain model at a position, in nats:
 * KL(changed ‖ plain) with `from: 'changed'`, KL(plain ‖ changed) with `from: 'plain'`.
 */
export interface DivergenceTerm {
  readonly kind: 'divergence';
  readonly position: number;
  readonly weight: number;
  readonly from: 'changed' | 'plain';
}

export type LossTerm = TargetTerm | DivergenceTerm;

/** A sequence of tokens, where it is changed, and what of its predictions counts. */
export interface LossSequence {
  readonly tokens: readonly number[];
  /** Token indices at which vectors are added, each once. */
  readonly sites: readonly number[];
  readonly terms: readonly LossTerm[];
}

export interface LossOptions {
  /** The block behind which vectors are added to the residual stream, 0 the first. */
  readonly layer: number;
  readonly signal?: AbortSignal;
}

export interface LossValue {
  /** Sum of all weighted terms, in nats. */
  readonly loss: number;
  /** Each term without its weight, sequence by sequence, in their order. */
  readonly terms: Float64Array;
  /** Gradient of the loss by what is added, [sites, d]. */
  readonly gradient: Matrix<Float32Array>;
}

/**
 * A loss as a function of vectors added to the residual stream behind one block.
 *
 * A block adds its MLP's output to the stream, so a vector added to that output is one added here, and a change D of
 * the down-projection (y = k W) adds k D at every position. The gradient by D is Σ kᵢᵀ gᵢ over sites, with keys from
 * `LayerAccess.captureKeys` and g the gradient's rows.
 */
export interface StreamLoss {
  /** Sites of all sequences, in their order. */
  readonly sites: number;
  /** The plain residual stream at each site, [sites, d]. */
  readonly stream: Matrix<Float32Array>;
  /**
   * The loss with a row of `additions` [sites, d] added at each site, and its gradient.
   *
   * @throws {SakeError} `shape-mismatch`, `aborted`.
   */
  evaluate(additions: Matrix, options?: { readonly signal?: AbortSignal }): Promise<LossValue>;
}

export interface MlpOutputOptions {
  readonly layer: number;
  /** One token index a prompt, negative counts from the end. Default: the last token of each. */
  readonly positions?: readonly number[];
  readonly signal?: AbortSignal;
}

/** What methods that optimise inside a model ask of it. */
export interface ModelGradients {
  /**
   * Prepares a loss: blocks up to `layer` are run once, and the plain distributions are kept for divergences.
   *
   * Of a model with a change, `plain` is the model with that change, which may reach up to `layer`.
   *
   * @throws {SakeError} `invalid-input` for positions or tokens that do not exist, or nothing that counts; `unsupported`
   *   for a model that has no gradients, saying which operator is the reason, as for quantized products.
   */
  streamLoss(sequences: readonly LossSequence[], options: LossOptions): Promise<StreamLoss>;
  /**
   * What a block's MLP adds to the residual stream, [prompts, d].
   *
   * @throws {SakeError} `invalid-input`; `unsupported` for a block that adds something else than a projection and its
   *   bias, as after a norm.
   */
  mlpOutputs(prompts: readonly Prompt[], options: MlpOutputOptions): Promise<Matrix<Float32Array>>;
}

/**
 * The gradients of a model.
 *
 * @param where the caller to name in errors.
 * @throws {SakeError} `unsupported` for a model that offers none.
 */
export function modelGradients(lm: CausalLM, where: string): ModelGradients {
  if (lm.gradients !== undefined) return lm.gradients;
  throw new SakeError(
    'unsupported',
    `${where}: expected a model that can be differentiated, got ${lm.info.id}, which offers no \`gradients\`; ` +
      'load it with loadCausalLM of @sakejs/activations',
    { details: { model: lm.info.id } },
  );
}
