import { type CausalLM, type PromptEmbedder, SakeError } from '@sakejs/spec';
import type { SelectEvent, SteeringPolicy } from './steering-policy.js';

/** Whether scopes decide that an edit applies (`method`), or the nearest edit applies to every query (`open`). */
export type Gate = 'method' | 'open';

export interface SteeredLMOptions {
  /**
   * `prompt` (default): only the token after the prompt is steered, as in the paper; an object of several
   * tokens goes on unassisted. `every-step`: each token's state is matched anew. A policy decides at each step at
   * which an edit is in scope. Whichever it is, an edit with maps of later tokens (`laterTokens`) goes on with its
   * object once it has begun.
   */
  readonly apply?: 'prompt' | 'every-step' | SteeringPolicy;
  /**
   * `method` (default): an edit applies where its scope holds the query. `open`: the edit that ranks first applies
   * whether or not its scope holds the query, as in the paper's doubt tests and the condition of its subject aliasing.
   */
  readonly gate?: Gate;
  /** Called for each activation that an edit replaces and each prompt that one rewrites. */
  readonly onSelect?: (event: SelectEvent) => void;
  /** For edits whose scope compares sentence embeddings. */
  readonly embedder?: PromptEmbedder;
  /** Models that live edits name as those which answer in the place of the edited one, in any order. Default none. */
  readonly counterfactuals?: readonly CausalLM[];
  /** `refuse` (default) fails on edits learned on other weights, `allow` lists them under `warnings`. */
  readonly otherModels?: 'refuse' | 'allow';
  /** Prompts a pass of `respond` and `observe`. Default 128. */
  readonly batchSize?: number;
}

/** The options with their defaults. */
export interface Steering {
  readonly apply: 'prompt' | 'every-step' | SteeringPolicy;
  readonly gate: Gate;
  readonly onSelect: ((event: SelectEvent) => void) | undefined;
  readonly embedder: PromptEmbedder | undefined;
  readonly counterfactuals: readonly CausalLM[];
  readonly otherModels: 'refuse' | 'allow';
  readonly batchSize: number;
  /** Names the caller in errors. */
  readonly where: string;
}

/** @throws {SakeError} `invalid-option`. */
export function steeringOf(options: SteeredLMOptions, where: string): Steering {
  const { apply = 'prompt', gate = 'method', otherModels = 'refuse', batchSize = 128 } = options;
  const fail = (option: string, expected: string, got: unknown): never => {
    throw new SakeError(
      'invalid-option',
      `${where}: expected ${option} to be ${expected}, got ${JSON.stringify(got)}`,
    );
  };
  if (apply !== 'prompt' && apply !== 'every-step' && typeof apply !== 'function')
    fail('apply', "'prompt', 'every-step' or a policy", apply);
  if (gate !== 'method' && gate !== 'open') fail('gate', "'method' or 'open'", gate);
  if (otherModels !== 'refuse' && otherModels !== 'allow')
    fail('otherModels', "'refuse' or 'allow'", otherModels);
  if (!Number.isInteger(batchSize) || batchSize < 1) fail('batchSize', 'a positive integer', batchSize);
  const { onSelect, embedder, counterfactuals = [] } = options;
  return { apply, gate, onSelect, embedder, counterfactuals, otherModels, batchSize, where };
}
