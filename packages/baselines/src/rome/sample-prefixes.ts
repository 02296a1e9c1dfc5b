import { createRandom, SakeError, type CausalLM, type Prompt } from '@sakejs/spec';
import { z } from 'zod';
import type { PrefixPlan } from './rome-settings.js';

export interface SamplePrefixesOptions {
  readonly plan: readonly PrefixPlan[];
  readonly seed: number;
  /** What the texts go on from. Default: the model's opening token, else `<|endoftext|>` where it is one token. */
  readonly start?: Prompt;
  /** What they begin with instead, in turn; each stands in its text and counts among its tokens. */
  readonly starts?: readonly string[] | undefined;
  /** Most probable tokens that are sampled from. Default 5. */
  readonly topK?: number;
  readonly signal?: AbortSignal;
}

/** What prefixes go on from, as methods' options have it: text or token ids. */
export const prefixStart: z.ZodOptional<z.ZodType<string | number[]>> = z
  .union([z.string(), z.array(z.int().min(0))], 'must be a text or token ids')
  .optional();

/**
 * Texts that the model writes by itself, in the plan's order: contexts in which a prompt may stand.
 *
 * A prompt is put behind one as `${prefix}. ${prompt}`; so do Meng et al. (2022).
 *
 * @throws {SakeError} `invalid-input` where no start is given and the model has none, `aborted`.
 */
export async function samplePrefixes(lm: CausalLM, options: SamplePrefixesOptions): Promise<string[]> {
  const { plan, seed, topK = 5, signal } = options;
  const wanted = plan.flatMap(({ tokens, count }) => Array.from({ length: count }, () => tokens));
  if (wanted.length === 0) return [];
  const starts = options.starts ?? [];
  const start = starts.length > 0 ? undefined : (options.start ?? openingOf(lm));
  const random = createRandom(`prefixes ${seed}`);
  const begun = wanted.map((_, at) => starts[at % starts.length] ?? '');
  const requests = wanted.map((tokens, at) => ({
    prompt: start ?? begun[at]!,
    maxTokens: Math.max(1, tokens - wordTokens(lm, begun[at]!)),
    ...{ temperature: 1, topK, seed: random.integer(2 ** 31) },
  }));
  const streams = lm.generateBatch(requests, signal === undefined ? {} : { signal });
  return Promise.all(
    streams.map(async (stream, at) => {
      let text = begun[at]!;
      for await (const token of stream) text += token.text;
      return text;
    }),
  );
}

/** Tokens of a word that opens a text, without what opens any. */
const wordTokens = (lm: CausalLM, word: string): number => lm.encode(word).length - lm.encode('').length;

const END_OF_TEXT = '<|endoftext|>';

function openingOf(lm: CausalLM): readonly number[] {
  const opening = lm.encode('');
  if (opening.length > 0) return opening;
  const end = lm.encode(END_OF_TEXT);
  if (end.length === 1) return end;
  throw new SakeError(
    'invalid-input',
    `samplePrefixes: expected a model with a token that starts texts, got one that opens none and writes ${END_OF_TEXT} in ${end.length} tokens; pass start`,
  );
}
