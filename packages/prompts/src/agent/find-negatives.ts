import {
  isSakeError,
  type EditRequest,
  type PromptGenerator,
  type PromptOptions,
  type Random,
  type ScopePrompt,
} from '@sakejs/spec';
import type { PromptCollector } from '../collect-prompts.js';
import { genericNegatives } from '../generic-negatives.js';
import { neutralSentences } from '../neutral-sentences.js';
import type { Withholding } from '../withholding.js';

export interface FindNegativesInput {
  readonly request: EditRequest;
  /** Prompts of the edit, its subject in place. */
  readonly prompts: readonly string[];
  readonly promptOptions: PromptOptions;
  /** Makes them, where it knows the relation. */
  readonly generator: PromptGenerator | undefined;
  readonly withholding: Withholding;
  readonly collector: PromptCollector;
  readonly random: Random;
  /** Most generic negatives of each kind. */
  readonly perKind: number;
}

/** Another source's negatives, or generic ones without it, and whose they are. */
export async function findNegatives(
  input: FindNegativesInput,
): Promise<{ prompts: readonly ScopePrompt[]; from: string }> {
  const { generator, request, promptOptions, collector, withholding } = input;
  const known = await borrowed(generator, request, promptOptions);
  if (known !== undefined) return { prompts: collector.take(known, known.length), from: generator!.kind };
  const sentences = neutralSentences.filter((sentence) => !withholding.blocksSentence(sentence));
  return { prompts: genericNegatives({ ...input, sentences }), from: 'generic' };
}

/** Undefined without a generator, or when it does not know the request's relation. */
async function borrowed(
  generator: PromptGenerator | undefined,
  request: EditRequest,
  options: PromptOptions,
): Promise<readonly ScopePrompt[] | undefined> {
  if (generator === undefined) return undefined;
  try {
    return (await generator.generate(request, { ...options, count: 1 })).negatives;
  } catch (error) {
    if (isSakeError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
