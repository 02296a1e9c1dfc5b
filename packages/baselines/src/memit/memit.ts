import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions, having } from '../check-options.js';
import type { RomeOptions } from '../rome/rome.js';
import { prefixStart } from '../rome/sample-prefixes.js';
import { createMemit, type BatchEditMethod, type MemitParts } from './create-memit.js';
import { createMemories, type Memories } from './memorise.js';
import { memitSettings, type MemitSettings } from './memit-settings.js';

export interface MemitOptions
  extends
    Partial<Omit<MemitSettings, 'layers' | 'momentWeight'>>,
    Pick<MemitSettings, 'layers' | 'momentWeight'>,
    Pick<RomeOptions, 'ridge' | 'start' | 'name'> {
  /** Second moments of every critical block's keys, or where they come from; asked for once a model and block. */
  readonly moments: MemitParts['moments'];
  /** Where z of what was learned is kept; methods that differ in blocks below the last or λ may share one. Default: its own, in memory. */
  readonly memories?: Memories;
}

/** What is told beside the settings of {@link memitSettings}. */
const schema = z.object({
  moments: z.custom<MemitParts['moments']>(
    (value) => typeof value === 'function' || Array.isArray(value),
    'must be moments of keys, a block each, or a function that gets them',
  ),
  ridge: z.number().min(0).default(0),
  start: prefixStart,
  name: z.string().min(1),
  memories: having<Memories>('get').optional(),
});

/**
 * MEMIT: changes of several MLPs' down-projections that make the model complete many requests' prompts at once.
 *
 * ΔW_l = R Kᵀ (λ C + K Kᵀ)⁻¹ at each critical block l for its keys K [d_ff, n], what is still missing of z R [d, n] and the
 * keys' second moment C [d_ff, d_ff]: z [d] by `memorise` for each of n requests, then `memitUpdate` for all of them together. `learnBatch` solves for many; `learn` is a
 * batch of one. In a batch, each edit holds its own share of the change, a rank a block, so that one may be removed; those
 * that are left then still make room for it, which `weightConflicts` says.
 * Cost: `steps` passes forward and back over the blocks above the last, a request; (d + d_ff) numbers a block and edit.
 * Source: Meng et al., "Mass-Editing Memory in a Transformer" (arXiv 2210.07229).
 *
 * @throws {SakeError} here `invalid-option`; from `learn` and `learnBatch` as `rome`, and `invalid-input` for a request that
 * stands twice in a batch.
 */
export function memit(options: MemitOptions): BatchEditMethod {
  return createMemit(memitParts(options, 'memit', () => Promise.resolve([])));
}

/** A method's parts from its options. */
export function memitParts(
  options: MemitOptions,
  byDefault: string,
  further: MemitParts['further'],
): MemitParts {
  const {
    moments: from,
    ridge: added,
    start: begun,
    name: called = byDefault,
    memories: kept,
    ...given
  } = options;
  const {
    moments,
    ridge,
    start,
    name,
    memories = createMemories(),
  } = checkOptions(byDefault, schema, {
    ...{ moments: from, ridge: added, start: begun, name: called, memories: kept },
  });
  const settings = memitSettings(given);
  if (start !== undefined && settings.prefixStarts !== undefined)
    throw new SakeError(
      'invalid-option',
      `${byDefault}: expected start or prefixStarts, got both; prefixes go on from one of them`,
    );
  return { name, settings, moments, ridge, start, memories, further };
}
