import { checkLearnInput, editId, provenanceOf } from '@sakejs/editor';
import {
  SakeError,
  throwIfAborted,
  type CausalLM,
  type EditMethod,
  type WeightDeltaEdit,
} from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions } from '../check-options.js';
import { once } from '../once.js';
import type { KeyMoments } from './key-moments.js';
import { createKeySolver, type KeySolver } from './key-solver.js';
import { plannedPrefixes, romeSettings, type RomeSettings } from './rome-settings.js';
import { romeUpdate, type RomeUpdateOptions } from './rome-update.js';
import { prefixStart, samplePrefixes, type SamplePrefixesOptions } from './sample-prefixes.js';

/** Gets the moments of a model's keys at a block. */
export type MomentsReader = (
  lm: CausalLM,
  layer: number,
  signal: AbortSignal | undefined,
) => Promise<KeyMoments>;

/** Moments of a model's keys, or where they come from; asked for once a model. */
export type MomentsSource = KeyMoments | MomentsReader;

export interface RomeOptions
  extends
    Partial<Omit<RomeSettings, 'layer'>>,
    Pick<RomeSettings, 'layer'>,
    Pick<RomeUpdateOptions, 'exactAt'> {
  /** Second moment of the block's keys, from `collectKeyMoments` or `cachedKeyMoments`. */
  readonly moments: MomentsSource;
  /** Added to the second moment, relative to the mean of its diagonal. Default 0, as in the paper. */
  readonly ridge?: number;
  /** What sampled prefixes go on from. */
  readonly start?: SamplePrefixesOptions['start'];
  /** Stands in tables and in every edit's provenance. Default `rome`. */
  readonly name?: string;
}

const WHERE = 'rome';

/** What is told beside the settings of {@link romeSettings}. */
const schema = z.object({
  moments: z.custom<MomentsSource>(
    (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
    'must be moments of keys, or a function that gets them',
  ),
  ridge: z.number().min(0).default(0),
  exactAt: z.enum(['prompt', 'mean']).default('prompt'),
  start: prefixStart,
  name: z.string().min(1).default(WHERE),
});

/**
 * ROME: a rank-one change of one MLP's down-projection, which makes the model complete the request's prompt with o*.
 *
 * ΔW = (v* − W k) (C⁻¹ k*)ᵀ / ((C⁻¹ k*)ᵀ k) for W [d, d_ff], keys k and k* [d_ff], values v* [d], second moment C [d_ff, d_ff]:
 * see `romeUpdate` for k*, v* and k, `optimizeValue` for the loss. Only the
 * request itself is learned from; prefixes are sampled once a model and seed and serve every edit, as in the authors'
 * code. Learned on a model with a change at the block or below it, an edit comes on top of that change only if what the
 * block's MLP puts out is still known, so such models are refused.
 * Cost: `steps` passes forward and back over the blocks above, of as many texts as there are prefixes; d + d_ff numbers an edit.
 * Source: Meng et al., "Locating and Editing Factual Associations in GPT" (arXiv 2202.05262).
 *
 * @throws {SakeError} here `invalid-option`; from `learn`: `invalid-request` for a malformed request or prompts of
 * another one, `not-enough-data` without prompts or for a moment that is not positive definite, `shape-mismatch` for
 * moments of another width, `unsupported` for a model without gradients or access to its blocks, `numerical`, `aborted`.
 */
export function rome(options: RomeOptions): EditMethod<WeightDeltaEdit> {
  const { moments: from, ridge: added, exactAt: at, start: begun, name: called, ...given } = options;
  const { moments, ridge, exactAt, start, name } = checkOptions(WHERE, schema, {
    ...{ moments: from, ridge: added, exactAt: at, start: begun, name: called },
  });
  const settings = romeSettings(given);
  if (typeof moments !== 'function' && moments.layer !== settings.layer)
    throw new SakeError(
      'invalid-option',
      `${WHERE}: expected moments of block ${settings.layer}, got those of block ${moments.layer}`,
    );
  const solvers = new Map<string, Promise<KeySolver>>();
  const prefixes = new Map<string, Promise<string[]>>();
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const model = `${lm.info.sha256} ${lm.info.runtime['change'] ?? ''}`;
      const solver = await once(solvers, model, async () => {
        const found = typeof moments === 'function' ? await moments(lm, settings.layer, signal) : moments;
        return createKeySolver(found, { ridge });
      });
      const texts = await once(prefixes, `${model} ${seed}`, () =>
        samplePrefixes(lm, {
          ...{ plan: settings.prefixes, seed },
          ...(start !== undefined && { start }),
          ...(signal && { signal }),
        }),
      );
      const { delta, value, exactKey } = await romeUpdate(lm, request, {
        ...{ settings, solver, prefixes: texts, exactAt },
        ...(signal && { signal }),
      });
      const { layer, prefixes: plan, ...plain } = settings;
      const last = value.steps.at(-1)!;
      return {
        kind: 'weight-delta',
        id: editId(request),
        request,
        deltas: [delta],
        keys: [{ layer, key: exactKey }],
        provenance: {
          method: name,
          ...provenanceOf(lm, prompts, seed),
          rows: { source: 1 + texts.length, target: 0, obeying: 0 },
          settings: {
            layer,
            ...plain,
            prefixes: plannedPrefixes(plan),
            ridge,
            exactAt,
            taken: value.steps.length,
            nll: last.nll,
            kl: last.kl,
          },
        },
      };
    },
  };
}
