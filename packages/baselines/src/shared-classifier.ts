import { checkLearnInput, checkLengths } from '@sakejs/editor';
import { pairClassifier, pairClassifierNeeds, type PairExamples } from '@sakejs/scope';
import {
  type BatchItem,
  type CausalLM,
  createRandom,
  fillPrompt,
  type Query,
  type ScopeDetector,
} from '@sakejs/spec';

/** Most texts a side of each edit. */
const TEXTS_ASIDE = 12;

export interface SharedClassifierOptions {
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  /** Names the caller in errors. */
  readonly where: string;
}

/**
 * One scope classifier for all edits, trained on some: in scope of each are its prompts and doubts, out of it its negatives,
 * a dozen of either drawn by the seed, and the others' own prompts. One pass over these texts.
 *
 * @throws {SakeError} `invalid-request` for a malformed request, `invalid-input` for a text longer than the model's
 * positions, and what `pairClassifier` throws.
 */
export async function sharedClassifier(
  lm: CausalLM,
  items: readonly BatchItem[],
  { seed, signal, where }: SharedClassifierOptions,
): Promise<ScopeDetector> {
  const { layers } = lm.info;
  const needed = pairClassifierNeeds({ layers }).layers;
  const examples: PairExamples[] = [];
  for (const { request: given, prompts } of items) {
    const request = checkLearnInput(given, prompts, where);
    const own = fillPrompt(request.prompt, request.subject);
    const random = createRandom(seed).fork(`${where} ${own}`);
    const drawn = (of: readonly string[]): string[] => random.shuffle([...of]).slice(0, TEXTS_ASIDE);
    const positives = drawn([...prompts.prompts, ...prompts.positives.map(({ text }) => text)]);
    const negatives = drawn(prompts.negatives.map(({ text }) => text));
    const texts = [own, ...positives, ...negatives];
    checkLengths(lm, texts, where);
    const seen: readonly Query[] = await lm.observe(texts, {
      layers: needed,
      ...(signal === undefined ? {} : { signal }),
    });
    examples.push({
      edit: seen[0]!,
      positives: seen.slice(1, 1 + positives.length),
      negatives: seen.slice(1 + positives.length),
    });
  }
  return pairClassifier(examples, { layers, seed, textsAside: TEXTS_ASIDE });
}
