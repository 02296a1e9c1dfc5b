import { type BatchItem, type CausalLM, fillPrompt, type ImpliedPrompts } from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions } from '../check-options.js';
import { createMemit, type BatchEditMethod } from './create-memit.js';
import { memitParts, type MemitOptions } from './memit.js';
import type { Association } from './memorise.js';
import { statedAnswers } from './stated-answers.js';

export interface CompMemitOptions extends MemitOptions {
  /** Paraphrases of the distribution that are written besides the request. Default 4. */
  readonly paraphrases?: number;
  /** Prompts of each implication that are written. Default 1. */
  readonly implications?: number;
}

/** Share of an implication's contexts that must agree on the answer. */
const AGREEMENT = 0.75;

const schema = z.object({ paraphrases: z.int().min(0).default(4), implications: z.int().min(0).default(1) });

/**
 * CompMEMIT: MEMIT with what follows from each edit as further edits of the same batch.
 *
 * Written besides the request: paraphrases of the distribution, and prompts of its implications with the answer that the
 * model itself gives when the edited fact is stated in front (three in four contexts have to agree, else the implication
 * is left out); the edited relation of a described subject has the new object for an answer. All are one edit, so that
 * removing it removes them too.
 * Cost: that of MEMIT times what is written, and one batch of continuations an edit.
 * The change is that of `memit`, ΔW = R Kᵀ (λ C + K Kᵀ)⁻¹, with a column of K and R for each prompt that is written.
 * Source: the variant that Scialanga et al. compare SAKE with (arXiv 2503.01751). They name no numbers; these are ours.
 *
 * @throws {SakeError} as `memit`.
 */
export function compMemit(options: CompMemitOptions): BatchEditMethod {
  const { paraphrases, implications, ...given } = options;
  const counts = checkOptions('compMemit', schema, {
    ...(paraphrases !== undefined && { paraphrases }),
    ...(implications !== undefined && { implications }),
  });
  const parts = memitParts(given, 'compmemit', async (lm, item, { signal }) => [
    ...paraphrased(item, counts.paraphrases),
    ...(await implied(lm, item, counts.implications, signal)),
  ]);
  return createMemit(parts);
}

/** The distribution's prompts but for the request's own, those that name the subject. */
function paraphrased({ request, prompts }: BatchItem, count: number): Association[] {
  const asked = fillPrompt(request.prompt, request.subject);
  return prompts.prompts
    .filter((text) => text !== asked)
    .flatMap((text) => associationOf(text, request.subject, request.targetNew))
    .slice(0, count);
}

async function implied(
  lm: CausalLM,
  { request, prompts }: BatchItem,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Association[]> {
  const offered = prompts.implied ?? [];
  if (count === 0 || offered.length === 0) return [];
  const asking = offered.filter(({ form }) => form === 'object-relation');
  const questions = asking.flatMap((each) => each.prompts.map(({ text }) => text));
  const answers = await statedAnswers(lm, request, questions, signal);
  let first = 0;
  return offered.flatMap((each) => {
    if (each.form === 'described-subject') return written(each, request.targetNew, count);
    const said = answers.slice(first, (first += each.prompts.length));
    const answer = agreed(said);
    return answer === undefined ? [] : written(each, answer, count);
  });
}

/** The first prompts of an implication as associations with its answer. */
function written({ prompts }: ImpliedPrompts, answer: string, count: number): Association[] {
  return prompts
    .flatMap(({ text, subject }) => (subject === undefined ? [] : associationOf(text, subject, answer)))
    .slice(0, count);
}

/** A text as a pattern about a subject that it names; none where it does not, or holds a brace of its own. */
function associationOf(text: string, subject: string, object: string): Association[] {
  const at = text.lastIndexOf(subject);
  if (at < 0 || text.includes('{}')) return [];
  return [{ subject, prompt: `${text.slice(0, at)}{}${text.slice(at + subject.length)}`, object }];
}

/** The answer that most contexts give, where enough of them do. */
function agreed(answers: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const answer of answers) if (answer !== undefined) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  return best !== undefined && best[1] >= AGREEMENT * answers.length ? best[0] : undefined;
}
