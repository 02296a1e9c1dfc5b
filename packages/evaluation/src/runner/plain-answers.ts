import { createSteeredLM } from '@sakejs/editor';
import type { CausalLM } from '@sakejs/spec';

/** What the unedited model says, each prompt asked once, whichever method and protocol needs it. */
export interface PlainAnswers {
  /** Next-token logits [vocabulary] of each prompt. */
  logits(prompts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}

/** Bytes of logits remembered unless told otherwise: 64 MiB. */
const DEFAULT_MAX_BYTES = 64 * 2 ** 20;

/** Remembers logits, at most `maxBytes` of them: those asked for least recently are forgotten first. */
export function plainAnswers(lm: CausalLM, maxBytes: number = DEFAULT_MAX_BYTES): PlainAnswers {
  const known = new Map<string, Float32Array>(); // in the order of their last use
  let bytes = 0;
  const use = (prompt: string, logits: Float32Array): void => {
    if (!known.delete(prompt)) bytes += logits.byteLength;
    known.set(prompt, logits);
  };
  const forget = (): void => {
    for (const [prompt, logits] of known) {
      if (bytes <= maxBytes) return;
      known.delete(prompt);
      bytes -= logits.byteLength;
    }
  };
  return {
    async logits(prompts, signal) {
      const found = new Map(prompts.map((prompt) => [prompt, known.get(prompt)]));
      const missing = [...found].flatMap(([prompt, logits]) => (logits === undefined ? [prompt] : []));
      if (missing.length > 0) {
        const responses = await createSteeredLM(lm, []).respond(
          missing,
          signal === undefined ? {} : { signal },
        );
        // A copy: the responses are windows on the logits of the whole call.
        missing.forEach((prompt, index) => found.set(prompt, responses[index]!.logits.slice()));
      }
      for (const [prompt, logits] of found) use(prompt, logits!);
      forget();
      return prompts.map((prompt) => found.get(prompt)!);
    },
  };
}
