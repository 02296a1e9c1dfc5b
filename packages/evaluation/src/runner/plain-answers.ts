import { createSteeredLM } from '@sakejs/editor';
import type { CausalLM } from '@sakejs/spec';

/** What the unedited model says to the prompts of one case, each asked once, whichever method needs it. */
export interface PlainAnswers {
  /** Next-token logits [vocabulary] of each prompt. */
  logits(prompts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}

/** Remembers logits: let go of it with its case. */
export function plainAnswers(lm: CausalLM): PlainAnswers {
  const known = new Map<string, Float32Array>();
  return {
    async logits(prompts, signal) {
      const missing = [...new Set(prompts)].filter((prompt) => !known.has(prompt));
      if (missing.length > 0) {
        const responses = await createSteeredLM(lm, []).respond(
          missing,
          signal === undefined ? {} : { signal },
        );
        missing.forEach((prompt, index) => known.set(prompt, responses[index]!.logits));
      }
      return prompts.map((prompt) => known.get(prompt)!);
    },
  };
}
