import type { CausalLM } from '@sakejs/spec';

/** New tokens within which the object has to be complete. */
const MOST_TOKENS = 20;
const WORD = /[\p{L}\p{N}\p{M}]/u;

/** Whether what a model says begins with a whole object. */
export interface WholeObjectScorer {
  /**
   * @param firstToken the greedy token after the prompt, edits applied; what follows it is the model's own.
   * @throws {SakeError} `aborted`, and what the model's `generate` throws.
   */
  says(prompt: string, firstToken: number, object: string, signal?: AbortSignal): Promise<boolean>;
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

/**
 * Whole-object greedy match: the continuation begins with the object, and the object ends there as a word.
 *
 * An edit replaces the activation after the prompt only and leaves the KV cache alone, so what follows the first
 * token is the unedited model's own: continuations are decoded once for every (prompt, first token, object), whichever
 * method gave the token, and only as far as they can still match, at most 20 new tokens.
 */
export function createWholeObjectScorer(lm: CausalLM): WholeObjectScorer {
  const known = new Map<string, boolean>();

  const decode = async (
    prompt: string,
    firstToken: number,
    object: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> => {
    const said = [firstToken];
    const text = (): string => lm.decode(said);
    if (text() === '') return false;
    let verdict = judge(text(), object);
    const tokens = [...lm.encode(prompt), firstToken];
    if (verdict === 'open' && tokens.length <= lm.info.maxPositions) {
      const rest = { maxTokens: MOST_TOKENS - 1, ...(signal === undefined ? {} : { signal }) };
      for await (const { token } of lm.generate(tokens, rest)) {
        said.push(token);
        verdict = judge(text(), object);
        if (verdict !== 'open') break;
      }
    }
    return verdict === 'yes' || (verdict === 'open' && text().trim() === object);
  };

  return {
    says: async (prompt, firstToken, object, signal) => {
      const key = JSON.stringify([prompt, firstToken, object]);
      let verdict = known.get(key);
      if (verdict === undefined) {
        verdict = await decode(prompt, firstToken, object, signal);
        known.set(key, verdict);
      }
      return verdict;
    },
  };
}
