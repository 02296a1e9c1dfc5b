import type { Json } from '@sakejs/spec';
import type { GraphFlags } from '../model-flags.js';
import type { SuiteJob } from './suite-job.js';

/** What a worker is to do. */
export interface WorkerTask {
  readonly job: SuiteJob;
  readonly model: string;
  /** Which graph of it, and on what. */
  readonly graph: GraphFlags;
  readonly threads: number;
  /** Every `of`-th case from the `index`-th on. */
  readonly share: { readonly index: number; readonly of: number };
  /** The folder of edits and activations that all processes share. */
  readonly folder: string;
  /** Whether activations are kept on disk. */
  readonly keepsActivations: boolean;
  /** Part of every unit's key. */
  readonly identity: Json;
}

/** From the process that keeps the journal to a worker. */
export type ToWorker =
  | { readonly kind: 'task'; readonly task: WorkerTask }
  /** Answer to a `get`: the unit's value, null where it is not finished. */
  | { readonly kind: 'unit'; readonly id: number; readonly value: Json | null }
  /** Answer to a `put`: the unit is kept. */
  | { readonly kind: 'kept'; readonly id: number }
  /** Every worker has learned its edits, or ended: they may all be live now. */
  | { readonly kind: 'together' };

/** From a worker. */
export type FromWorker =
  | { readonly kind: 'get'; readonly id: number; readonly key: string }
  | { readonly kind: 'put'; readonly id: number; readonly key: string; readonly value: Json }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly what: string }
  /** Its own edits are learned and scored alone. */
  | { readonly kind: 'learned' }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
