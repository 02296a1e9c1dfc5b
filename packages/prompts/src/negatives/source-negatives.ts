import {
  isSakeError,
  type EditRequest,
  type ImpliedPrompts,
  type PromptDistribution,
  type PromptGenerator,
  type PromptOptions,
  type Random,
  type ScopePrompt,
} from '@sakejs/spec';
import type { PromptCollector } from '../collect-prompts.js';
import { genericNegatives } from '../generic-negatives.js';
import { neutralSentences } from '../neutral-sentences.js';
import type { Withholding } from '../withholding.js';

export interface SourceNegativesInput {
  readonly request: EditRequest;
  /** Prompts of the edit, its subject in place. */
  readonly prompts: readonly string[];
  /** Makes the negatives, where it knows the relation; e.g. a template source. */
  readonly generator: PromptGenerator | undefined;
  /** As the source itself was asked. */
  readonly options: PromptOptions;
  readonly withholding: Withholding;
  readonly collector: PromptCollector;
  readonly random: Random;
  /** Generic negatives of each kind, at most. */
  readonly perKind: number;
}

/** What bounds the scope of prompts that say nothing of it themselves. */
export interface SourceNegatives {
  readonly negatives: ScopePrompt[];
  /** What follows from the edit, where the generator knows. */
  readonly implied?: readonly ImpliedPrompts[];
  /** Who made them. */
  readonly from: string;
}

/** Negatives for a source that makes none itself: the generator's, or generic ones where it does not know the relation. */
export async function sourceNegatives(input: SourceNegativesInput): Promise<SourceNegatives> {
  const { request, prompts, generator, options, withholding, collector, random, perKind } = input;
  // In the words of the prompts: else a scope would learn whose wordings are in it.
  const wordings = prompts
    .map((prompt) => prompt.replace(request.subject, () => '{}'))
    .filter((pattern) => pattern.split('{}').length === 2 && pattern !== request.prompt);
  const known = await generatorTexts(generator, request, { ...options, wordings });
  if (known !== undefined) {
    const { negatives, implied } = known;
    return {
      negatives: collector.take(negatives, negatives.length),
      ...(implied === undefined ? {} : { implied }),
      from: generator!.kind,
    };
  }
  const sentences = neutralSentences.filter((sentence) => !withholding.blocksSentence(sentence));
  return {
    negatives: genericNegatives({ request, prompts, sentences, collector, random, perKind }),
    from: 'generic',
  };
}

async function generatorTexts(
  generator: PromptGenerator | undefined,
  request: EditRequest,
  options: PromptOptions,
): Promise<Pick<PromptDistribution, 'negatives' | 'implied'> | undefined> {
  if (generator === undefined) return undefined;
  try {
    return await generator.generate(request, { ...options, count: 1 });
  } catch (error) {
    if (isSakeError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
