import { checkLearnInput, checkLengths, editId, objectTokens, provenanceOf } from '@sakejs/editor';
import {
  fillPrompt,
  layerAccess,
  matrix,
  SakeError,
  throwIfAborted,
  type CausalLM,
  type EditMethod,
  type LossSequence,
  type Matrix,
  type WeightDeltaEdit,
} from '@sakejs/spec';
import { z } from 'zod';
import { createAdam } from './adam.js';
import { checkOptions } from './check-options.js';
import { ftLSettings, type FtLSettings } from './ft-l-settings.js';
import { mlpWeightLoss, type MlpWeightLoss } from './mlp-weight-loss.js';

export interface FtLOptions extends Partial<FtLSettings> {
  /** Stands in tables and in every edit's provenance. Default `ft`. */
  readonly name?: string;
}

const WHERE = 'ftL';

const schema = z.object({ name: z.string().min(1).default('ft') });

/**
 * FT-L: fine-tuning of one MLP's down-projection on the request alone, held close to the plain weight.
 *
 * Minimises over D [keySize, d], y = k (W + D),
 *   mean −ln p(o*'s tokens | prompt)   subject to   ‖D‖∞ <= ε
 * by Adam from D = 0; after each step every entry is brought back to [−ε, ε], until the loss is below `stopBelow` or
 * `steps` are taken. The bound holds exactly, in the float32 that is stored too. Where the last step made things worse, it
 * is still the last step that counts, as in the authors' code; provenance has the loss before and after. The loss reads
 * every token of the object behind those before it, where that code asks for each of them at the prompt's last token. Weight
 * decay, published as 0, is not offered.
 * Cost: `steps` + 1 passes forward and back over the blocks above of one text; keySize · d numbers an edit.
 * Source: Zhu et al., "Modifying Memories in Transformer Models" (arXiv 2012.00363), section 4; as FT+L in Meng et al.,
 * "Locating and Editing Factual Associations in GPT" (arXiv 2202.05262), appendix E.1, whose settings are the default.
 *
 * @throws {SakeError} here `invalid-option`; from `learn`: `invalid-request` for a malformed request or prompts of
 * another one, `not-enough-data` without prompts, `invalid-input` for a layer that the model does not have or where
 * prompt and object exceed its positions, `unsupported` for a model without gradients or access to its blocks,
 * `numerical` where the loss is not finite, `aborted`.
 */
export function ftL({ name: given, ...others }: FtLOptions = {}): EditMethod<WeightDeltaEdit> {
  const { name } = checkOptions(WHERE, schema, { name: given });
  const settings = ftLSettings(others);
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const { layer } = settings;
      const prompt = fillPrompt(request.prompt, request.subject);
      const target = objectTokens(lm, request.targetNew);
      checkLengths(lm, [prompt], WHERE, target.length - 1);
      const tokens = lm.encode(prompt);
      const passing = signal === undefined ? {} : { signal };
      const loss = await mlpWeightLoss(lm, [spoken(tokens, target)], { layer, ...passing });
      const { dense, losses } = await descend(loss, settings, signal);
      return {
        kind: 'weight-delta',
        id: editId(request),
        request,
        deltas: [{ layer, dense }],
        keys: [{ layer, key: await mostMovedKey(lm, tokens, { layer, dense }, signal) }],
        provenance: {
          method: name,
          ...provenanceOf(lm, prompts, seed),
          rows: { source: 1, target: 0, obeying: 0 },
          settings: {
            ...settings,
            taken: losses.length - 1,
            nllBefore: losses[0]!,
            nll: losses.at(-1)!,
          },
        },
      };
    },
  };
}

/** The text whose object's tokens count, each with the same weight. */
function spoken(tokens: readonly number[], target: readonly number[]): Omit<LossSequence, 'sites'> {
  return {
    // What the last token of the object would be followed by does not count.
    tokens: [...tokens, ...target.slice(0, -1)],
    terms: target.map((token, at) => ({
      kind: 'target',
      position: tokens.length - 1 + at,
      token,
      weight: 1 / target.length,
    })),
  };
}

/** D, and the loss before each step and after the last. */
async function descend(
  loss: MlpWeightLoss,
  { steps, learningRate, epsilon, stopBelow }: FtLSettings,
  signal: AbortSignal | undefined,
): Promise<{ dense: Matrix<Float32Array>; losses: number[] }> {
  const { keySize, hiddenSize } = loss;
  const change = new Float64Array(keySize * hiddenSize); // [keySize, d]
  const adam = createAdam(change.length, learningRate);
  const bound = float32Below(epsilon);
  const losses: number[] = [];
  for (;;) {
    throwIfAborted(signal, WHERE);
    const dense = matrix(keySize, hiddenSize, Float32Array.from(change));
    const read = await loss.evaluate(dense, signal === undefined ? {} : { signal });
    losses.push(read.loss);
    if (!Number.isFinite(read.loss))
      throw new SakeError(
        'numerical',
        `${WHERE}: expected a finite loss, got ${read.loss} at step ${losses.length}; lower learningRate or epsilon`,
        { details: { learningRate, epsilon } },
      );
    if (read.loss < stopBelow || losses.length > steps) return { dense, losses };
    adam.step(change, read.gradient.data);
    for (let i = 0; i < change.length; i++) change[i] = Math.min(bound, Math.max(-bound, change[i]!));
  }
}

/** The largest float32 that is at most `value`, so that rounding does not leave the bound. */
function float32Below(value: number): number {
  const rounded = Math.fround(value);
  return rounded <= value ? rounded : Math.fround(rounded * (1 - 2 ** -24));
}

/** The prompt's MLP key that the change moves most, [keySize]: where others would disturb this edit. */
async function mostMovedKey(
  lm: CausalLM,
  tokens: readonly number[],
  { layer, dense }: { readonly layer: number; readonly dense: Matrix },
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const captured = await layerAccess(lm, WHERE).captureKeys([tokens], {
    ...{ layers: [layer], positions: 'all' as const },
    ...(signal && { signal }),
  });
  const keys = captured.get(layer)!; // [tokens, keySize]
  let [most, best] = [-1, 0];
  for (let at = 0; at < keys.rows; at++) {
    const moved = new Float64Array(dense.cols);
    for (let i = 0; i < keys.cols; i++)
      for (let j = 0; j < dense.cols; j++)
        moved[j]! += keys.data[at * keys.cols + i]! * dense.data[i * dense.cols + j]!;
    const size = Math.hypot(...moved);
    if (size > most) [most, best] = [size, at];
  }
  return keys.data.slice(best * keys.cols, (best + 1) * keys.cols);
}
