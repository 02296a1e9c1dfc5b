import { checkLearnInput, checkLengths, editId, objectTokens, provenanceOf } from '@sakejs/editor';
import { deferralRadius } from '@sakejs/scope';
import {
  createRandom,
  type EditMethod,
  fillPrompt,
  type LayerHookEdit,
  matrix,
  SakeError,
  throwIfAborted,
} from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions } from './check-options.js';
import { learnValue } from './learn-value.js';

export interface GraceOptions {
  /**
   * The block whose output is the key and is replaced. Default: three quarters of the way up, block 35 of 48, which the
   * authors edit in GPT-2 XL.
   */
  readonly layer?: number;
  /**
   * The deferral radius ε of a new entry, in units of the residual stream, or as a share of the key's norm. Default 1, as
   * in the authors' settings.
   */
  readonly radius?: number | { readonly ofNorm: number };
  /** Steps of Adam. Default 100, as in the paper. */
  readonly steps?: number;
  /** Default 1, as in the paper. */
  readonly learningRate?: number;
  /** Whether a value begins with numbers in [0, 1) or with the state itself. Default `cold`, as in the authors' settings. */
  readonly start?: 'cold' | 'warm';
  /** Stands in tables and in every edit's provenance. Default `grace`. */
  readonly name?: string;
}

const WHERE = 'grace';

const schema = z.strictObject({
  layer: z.int().min(0).optional(),
  radius: z.union([z.number().positive(), z.strictObject({ ofNorm: z.number().positive() })]).default(1),
  steps: z.int().min(1).default(100),
  learningRate: z.number().positive().default(1),
  start: z.enum(['cold', 'warm']).default('cold'),
  name: z.string().min(1).default('grace'),
});

/**
 * General retrieval adaptors: a codebook of states at one block, each in force within a radius of its key.
 *
 * h ← v_i if i = argmin_j ‖h − k_j‖ and ‖h − k_i‖ ≤ ε_i, else h; h [d] is the residual stream behind block l at the prompt's
 * last token, k_i that of the request's own prompt, v_i learned by Adam on the new object's negative log-likelihood with
 * everything else frozen. Each edit is one entry, and the codebook is the edits that are live: where two radii would meet,
 * they are split between different objects and grow together for the same one (`deferralRadius`). What is outside all
 * radii runs through the plain model, bitwise.
 *
 * The paper's adaptor stands in the place of an MLP's projection and reads its input; here key and value are the block's
 * output, so a number as `radius` is on another scale than the paper's. The state at the last token is replaced, which is one of
 * three forms of the authors' code (`replace_last`); its own default replaces the positions before it (`replace_prompt`), which
 * is not offered, nor are its other rules of growth and distance. Of all steps the value of least loss is kept, there the last.
 * Cost: `steps` forward and backward passes over one text from block l on; 2 d numbers an edit.
 * Source: Hartvigsen et al., "Aging with GRACE", section 2 (arXiv 2211.11031).
 *
 * @throws {SakeError} here `invalid-option`; from `learn`: `invalid-request` for a malformed request or prompts of
 * another one, `not-enough-data` without prompts, `invalid-input` for a layer that the model does not have or where
 * prompt and object exceed its positions, `unsupported` for a model without gradients or access to its blocks, `numerical`
 * where no step gives a finite loss, `aborted`.
 */
export function grace(options: GraceOptions = {}): EditMethod<LayerHookEdit> {
  const { name, radius, steps, learningRate, start, ...checked } = checkOptions(WHERE, schema, options);
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const { layers, hiddenSize } = lm.info;
      const layer = checked.layer ?? Math.min(layers - 1, Math.round((layers * 35) / 48));
      const prompt = fillPrompt(request.prompt, request.subject);
      const { targetNew } = request;
      checkLengths(lm, [prompt], WHERE, objectTokens(lm, targetNew).length - 1);
      const passing = signal === undefined ? {} : { signal };
      const key = (await lm.capture([prompt], { layer, ...passing })).data;
      const epsilon = typeof radius === 'number' ? radius : radius.ofNorm * Math.hypot(...key);
      const random = createRandom(`${seed} ${editId(request)}`);
      const begin = start === 'warm' ? key : Float32Array.from({ length: hiddenSize }, () => random.next());
      const { value, nll } = await learnValue(lm, prompt, targetNew, {
        ...{ layer, steps, learningRate, signal, where: WHERE },
        start: begin,
      });
      if (!Number.isFinite(nll))
        throw new SakeError(
          'numerical',
          `${WHERE}: expected a finite loss at one of ${steps} steps, got none; lower learningRate`,
          { details: { learningRate } },
        );
      return {
        kind: 'layer-hook',
        id: editId(request),
        request,
        hook: { layer, operation: 'replace', anchor: 'end', values: matrix(1, hiddenSize, value) },
        scope: deferralRadius({ layer, key, radius: epsilon, label: targetNew }),
        provenance: {
          method: name,
          ...provenanceOf(lm, prompts, seed),
          rows: { source: 1, target: 0, obeying: 0 },
          settings: { layer, radius: epsilon, steps, learningRate, start, nll },
        },
      };
    },
  };
}
