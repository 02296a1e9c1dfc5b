import type { CausalLM, Prompt } from '@sakejs/spec';

/** New tokens within which the object has to be complete. */
const MOST_TOKENS = 20;
const WORD = /[\p{L}\p{N}\p{M}]/u;

/** Whether what a model says begins with a whole object. */
export interface WholeObjectScorer {
  /**
   * @param firstToken the greedy token after the prompt, edits applied; what follows it is the model's own.
   * @param prompt what the model was run on.
   * @param objects any of which may be said: an object and its aliases.
   * @param edited the model on which the text goes on, where edits live on in it.
   * @throws {SakeError} `aborted`, and what the model's `generate` throws.
   */
  says(
    prompt: Prompt,
    firstToken: number,
    objects: readonly string[],
    signal?: AbortSignal,
    edited?: CausalLM,
  ): Promise<boolean>;
}

/** `no` and `yes` are final; `open` may become either with more text. */
type Verdict = 'no' | 'open' | 'yes';

/** Compares a continuation so far; a character that still lacks bytes stands as U+FFFD and is awaited. */
function judge(continuation: string, object: string): Verdict {
  const text = continuation.trimStart().replace(/\uFFFD+$/u, '');
  if (text.length <= object.length) return object.startsWith(text) ? 'open' : 'no';
  if (!text.startsWith(object)) return 'no';
  return WORD.test(String.fromCodePoint(text.codePointAt(object.length)!)) ? 'no' : 'yes';
}

/** `yes` where one of the objects is said, `open` where one may still be. */
function judgeAny(continuation: string, objects: readonly string[]): Verdict {
  const verdicts = objects.map((object) => judge(continuation, object));
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('open') ? 'open' : 'no';
}

/**
 * Whole-object greedy match: the continuation begins with the object, and the object ends there as a word.
 *
 * Where an edit replaces the activation after the prompt only and leaves the KV cache alone, what follows the first
 * token is the unedited model's own: continuations are decoded once for every (prompt, first token, objects), whichever
 * method gave the token, and only as far as they can still match, at most 20 new tokens. Where edits live on in the
 * model, the text goes on in that model.
 */
export function createWholeObjectScorer(lm: CausalLM): WholeObjectScorer {
  const verdicts = new WeakMap<CausalLM, Map<string, boolean>>();

  const decode = async (
    model: CausalLM,
    prompt: Prompt,
    firstToken: number,
    objects: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<boolean> => {
    const said = [firstToken];
    const text = (): string => lm.decode(said);
    if (text() === '') return false;
    let verdict = judgeAny(text(), objects);
    const tokens = [...(typeof prompt === 'string' ? lm.encode(prompt) : prompt), firstToken];
    if (verdict === 'open' && tokens.length <= model.info.maxPositions) {
      const rest = { maxTokens: MOST_TOKENS - 1, ...(signal === undefined ? {} : { signal }) };
      for await (const { token } of model.generate(tokens, rest)) {
        said.push(token);
        verdict = judgeAny(text(), objects);
        if (verdict !== 'open') break;
      }
    }
    return verdict === 'yes' || (verdict === 'open' && objects.includes(text().trim()));
  };

  return {
    says: async (prompt, firstToken, objects, signal, edited = lm) => {
      const known = verdicts.get(edited) ?? new Map<string, boolean>();
      verdicts.set(edited, known);
      const key = JSON.stringify([prompt, firstToken, objects]);
      let verdict = known.get(key);
      if (verdict === undefined) {
        verdict = await decode(edited, prompt, firstToken, objects, signal);
        known.set(key, verdict);
      }
      return verdict;
    },
  };
}
