import type { CausalLM, Json, PromptGenerator } from '@sakejs/spec';
import type { Protocol } from '../protocols/protocol.js';
import type { Suite } from '../suites/suite.js';
import type { MethodEntry } from './method-entry.js';
import type { EditStore, UnitStore } from './unit-store.js';

export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

export interface RunSuiteOptions {
  readonly lm: CausalLM;
  readonly suite: Suite;
  /** Models by which some methods' edits are answered, as `createSteeredLM` takes them. Default none. */
  readonly counterfactuals?: readonly CausalLM[];
  /** Rows of the table, each with its own name. */
  readonly methods: readonly MethodEntry[];
  readonly prompts: PromptGenerator;
  /** Prompts an edit. Default 50. */
  readonly count?: number;
  /** At least one. Edits are learned once for all of them. */
  readonly protocols: readonly Protocol[];
  readonly seed?: number;
  /** Finished units of work: those it holds are not worked again. Default: none is kept. */
  readonly units?: UnitStore;
  /** Learned edits. Default: in memory. */
  readonly edits?: EditStore;
  /** What else results depend on, as versions of packages: part of every unit's key. */
  readonly identity?: Json;
  /**
   * Whether each query is judged once more with the own edit's gate open, for threshold sweeps: under every protocol, or
   * under those named. Default false.
   */
  readonly alsoOpen?: boolean | readonly string[];
  /** Whether results hold every query with its outcomes. Default false. */
  readonly withQueries?: boolean;
  /** Bytes of captured activations kept in memory. Default 256 MiB. */
  readonly cacheBytes?: number;
  /** A folder in which captured activations outlast the run, and most bytes kept there. Default none. */
  readonly activations?: { readonly directory: string; readonly bytes?: number };
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}
