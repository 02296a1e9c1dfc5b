import { fillPrompt, implicationContexts, type CausalLM, type EditRequest } from '@sakejs/spec';
import type { ModelGate } from './quality-gate.js';
import { nextTokens } from './says-object.js';

export interface AnswerChangesOptions {
  readonly lm: CausalLM;
  readonly request: EditRequest;
}

/**
 * Drops implications whose answer the edit does not change.
 *
 * Asks each one behind the old fact and behind the new fact, in the method's two contexts of implications
 * (`implicationContexts`), and compares the greedy next tokens: when they are the same, the statement does not follow
 * from the fact, or the model does not see that it does.
 */
export function answerChanges({ lm, request }: AnswerChangesOptions): ModelGate {
  const prompt = fillPrompt(request.prompt, request.subject);
  const facts = {
    originalFact: `${prompt} ${request.targetTrue}`,
    editedFact: `${prompt} ${request.targetNew}`,
  };
  return {
    name: 'answer-unchanged',
    kinds: ['implication'],
    async checkAll(candidates, _context, signal) {
      const contexts = candidates.map(({ text }) => implicationContexts({ ...facts, question: text }));
      const before = await nextTokens(
        lm,
        contexts.map(({ source }) => source),
        signal,
      );
      const after = await nextTokens(
        lm,
        contexts.map(({ target }) => target),
        signal,
      );
      return before.map((token, index) => token !== after[index]);
    },
  };
}
