import { SakeError, type CausalLM, type PromptGenerator } from '@sakejs/spec';
import type { PromptCache } from '../cache/prompt-cache.js';
import { checkCount } from '../check-options.js';
import type { QualityGate } from '../quality/quality-gate.js';
import { checkWanted, type WantedEntries } from './wanted-entries.js';

/** What every source takes whose prompts a model writes. */
export interface WritingOptions {
  /** Keeps completed replies: what was paid for once is never asked for again. */
  readonly cache?: PromptCache;
  /** Makes the negatives, where it knows the relation; e.g. a template source. Without it they are generic. */
  readonly negatives?: PromptGenerator;
  /** Generic negatives of each kind, at most. Default 40. */
  readonly negativesPerKind?: number;
  /** What to write beside the prompts. */
  readonly wanted?: WantedEntries;
  /** Doubts among the positives, those in the model's words first. Default 60. */
  readonly doubts?: number;
  /** Entries asked for in one reply. Default 25; of a local source 10. */
  readonly perReply?: number;
  /** Most replies of a kind for one request. Default 20; of a local source 40. */
  readonly maxReplies?: number;
  /** Gates of prompts, implications and doubts. Default: `standardGates`. */
  readonly gates?: readonly QualityGate[];
  /**
   * The model that is to be edited, where it is at hand. What passed the gates is asked of it: prompts that it completes
   * with the new object already (`says-new-object`) and implications whose answer is the same behind the old and the new
   * fact (`answer-unchanged`) are dropped. It stays the caller's to dispose of. Default: neither is looked at.
   */
  readonly modelToEdit?: CausalLM;
  /**
   * What happens when prompts, or replies of another kind, are missing in the end: `generate` throws, with what it has
   * in the error's `details.partial`, or gives the partial distribution, whose report says what is missing. Default
   * `error`.
   */
  readonly onShortfall?: 'error' | 'partial';
}

/** Writing options with defaults in place, as far as every such source has them. */
export type CheckedWriting = Required<
  Pick<WritingOptions, 'wanted' | 'doubts' | 'negativesPerKind' | 'perReply' | 'maxReplies' | 'onShortfall'>
> & { readonly wanted: Required<WantedEntries> };

/**
 * The options with defaults in place.
 *
 * @param replies of a source: how many entries it asks for in one, and how many of them.
 * @throws {SakeError} `invalid-option` for options out of range.
 */
export function checkWriting(
  where: string,
  options: WritingOptions,
  replies: { readonly perReply: number; readonly maxReplies: number },
): CheckedWriting {
  const { perReply = replies.perReply, maxReplies = replies.maxReplies } = options;
  const { doubts = 60, negativesPerKind = 40, onShortfall = 'error', modelToEdit } = options;
  checkCount(where, 'perReply', perReply, 1);
  checkCount(where, 'maxReplies', maxReplies, 1);
  checkCount(where, 'doubts', doubts, 0);
  checkCount(where, 'negativesPerKind', negativesPerKind, 0);
  if (modelToEdit !== undefined && typeof modelToEdit?.capture !== 'function')
    throw new SakeError(
      'invalid-option',
      `${where}: expected modelToEdit as a causal language model, got ${modelToEdit === null ? 'null' : typeof modelToEdit}`,
    );
  if (onShortfall !== 'error' && onShortfall !== 'partial')
    throw new SakeError(
      'invalid-option',
      `${where}: expected onShortfall as error or partial, got ${JSON.stringify(onShortfall)}`,
    );
  const wanted = checkWanted(where, options.wanted ?? {});
  return { wanted, doubts, negativesPerKind, perReply, maxReplies, onShortfall };
}
