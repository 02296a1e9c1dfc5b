import { objectTokens } from '@sakejs/editor';
import {
  layerAccess,
  modelGradients,
  row,
  SakeError,
  validateEditRequest,
  type CausalLM,
  type EditRequest,
  type LowRankDelta,
  type Matrix,
} from '@sakejs/spec';
import type { KeySolver } from './key-solver.js';
import { optimizeValue, type OptimizedValue } from './optimize-value.js';
import { rankOneUpdate } from './rank-one-update.js';
import type { RomeSettings } from './rome-settings.js';
import { subjectContexts } from './subject-context.js';

export interface RomeUpdateOptions {
  readonly settings: RomeSettings;
  /** The keys' second moment, factored. */
  readonly solver: KeySolver;
  /** Texts in front of the prompt, from `samplePrefixes`; the plain prompt is always there. */
  readonly prefixes: readonly string[];
  /**
   * Which key gets v* exactly: that of the plain prompt, as in the authors' code (default), or the mean over contexts, as
   * in the paper's text.
   */
  readonly exactAt?: 'prompt' | 'mean';
  readonly signal?: AbortSignal;
}

export interface RomeUpdate {
  /** ΔW = U V of the block's down-projection. */
  readonly delta: LowRankDelta;
  readonly value: OptimizedValue;
  /** k*, the mean key over contexts, [d_ff]. */
  readonly key: Float64Array;
  /** The key whose value is v* exactly, [d_ff]. */
  readonly exactKey: Float32Array;
}

/**
 * ROME: the rank-one change of one MLP that makes the model complete the request's prompt with the new object.
 *
 * k* is the mean key at the subject's last token over the prompt behind each prefix; v* comes from `optimizeValue`;
 * ΔW = (v* − W k) (C⁻¹ k*)ᵀ / ((C⁻¹ k*)ᵀ k).
 * Source: Meng et al., "Locating and Editing Factual Associations in GPT" (arXiv 2202.05262).
 *
 * @throws {SakeError} `invalid-request`; `shape-mismatch` for a solver of another width; as {@link optimizeValue}.
 */
export async function romeUpdate(
  lm: CausalLM,
  given: EditRequest,
  options: RomeUpdateOptions,
): Promise<RomeUpdate> {
  const request = validateEditRequest(given);
  const { settings, solver, prefixes, exactAt = 'prompt', signal } = options;
  const { layer } = settings;
  const access = layerAccess(lm, 'romeUpdate');
  if (access.keySize(layer) !== solver.size)
    throw new SakeError(
      'shape-mismatch',
      `romeUpdate: expected moments of keys of block ${layer}, ${access.keySize(layer)} wide, got ${solver.size}`,
    );
  const rewrites = subjectContexts(lm, request, ['', ...prefixes]);
  const essences = subjectContexts(lm, { ...request, prompt: settings.essencePrompt }, ['']);
  const cancel = signal === undefined ? {} : { signal };
  const places = { positions: rewrites.map(({ subject }) => subject), ...cancel };
  const prompts = rewrites.map(({ tokens }) => tokens);
  const keys = (await access.captureKeys(prompts, { layers: [layer], ...places })).get(layer)!;
  const values = await modelGradients(lm, 'romeUpdate').mlpOutputs(prompts, { layer, ...places });
  const value = await optimizeValue(lm, {
    ...{ rewrites, essences, settings, ...cancel },
    target: objectTokens(lm, request.targetNew),
    value: row(values, 0),
  });
  const key = meanRow(keys);
  const exactKey = exactAt === 'prompt' ? row(keys, 0).slice() : Float32Array.from(key);
  const residual = exactAt === 'prompt' ? value.delta : fromMean(value.delta, values);
  const update = rankOneUpdate({ direction: solver.solve(key), key: exactKey, residual });
  return { delta: { layer, ...update }, value, key, exactKey };
}

/** v* − W k̄ = δ + (value of the prompt − mean value): biases cancel. */
function fromMean(delta: Float64Array, values: Matrix): Float64Array {
  const mean = meanRow(values);
  const plain = row(values, 0);
  return delta.map((x, i) => x + plain[i]! - mean[i]!);
}

function meanRow({ rows, cols, data }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let r = 0; r < rows; r++) for (let i = 0; i < cols; i++) mean[i]! += data[r * cols + i]! / rows;
  return mean;
}
