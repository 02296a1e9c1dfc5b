import type { PromptGenerator } from '@sakejs/spec';
import type { PromptCache } from '../cache/prompt-cache.js';
import type { QualityGate } from '../quality/quality-gate.js';
import type { WantedEntries } from './wanted-entries.js';

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
   * What happens when prompts, or replies of another kind, are missing in the end: `generate` throws, with what it has
   * in the error's `details.partial`, or gives the partial distribution, whose report says what is missing. Default
   * `error`.
   */
  readonly onShortfall?: 'error' | 'partial';
}
