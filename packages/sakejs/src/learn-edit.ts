import type { CausalLM, Edit, EditMethod, EditRequest, PromptGenerator } from '@sakejs/spec';
import { createMethod } from './methods.js';
import { loadPromptSource } from './prompt-source.js';

export interface LearnEditOptions {
  readonly lm: CausalLM;
  /** Default the template source. */
  readonly prompts?: PromptGenerator;
  /** Default `sake`. */
  readonly method?: EditMethod;
  /** Prompts in the distribution. Default 50. */
  readonly count?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Learns an edit with sensible parts: template prompts and the `sake` method.
 *
 * @throws {SakeError} `invalid-request`, and what the prompt source and the method throw.
 */
export async function learnEdit(request: EditRequest, options: LearnEditOptions): Promise<Edit> {
  const {
    lm,
    prompts = loadPromptSource(),
    method = createMethod('sake', lm.info),
    count = 50,
    seed = 0,
    signal,
  } = options;
  const passing = signal === undefined ? {} : { signal };
  const distribution = await prompts.generate(request, { count, seed, ...passing });
  return method.learn(distribution.request, { lm, prompts: distribution, seed, ...passing });
}
