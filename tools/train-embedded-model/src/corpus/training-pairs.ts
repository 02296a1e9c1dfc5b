import type { Fact } from '@sakejs/facts';
import { fillQuestionForm, questionForms } from '@sakejs/prompts';
import { fillPrompt } from '@sakejs/spec';
import { createPhrasingIndex } from './phrasing-index.js';
import type { Dataset } from './plan-dataset.js';

/** A fact asked in one of its phrasings. */
export interface FactPrompt {
  readonly fact: Fact;
  readonly pattern: string;
  readonly form: 'statement' | 'question';
  /** Ends where `' ' + object` follows. */
  readonly prompt: string;
  /** Whether training never shows this phrasing with this subject. */
  readonly withheld: boolean;
  /** Whether training shows the subject in no steering context. */
  readonly keptOut: boolean;
}

/**
 * Every (fact, statement) pair, then every (fact, question) pair, a question in one layout, the layouts by turns.
 * Phrasings that would also ask another fact of the subject are left out.
 */
export function* allPairs(dataset: Dataset): Generator<FactPrompt, void, undefined> {
  const { facts, withheld, keptOut } = dataset;
  const index = createPhrasingIndex(dataset);
  for (const form of ['statement', 'question'] as const) {
    let turn = 0;
    for (const fact of facts)
      for (const pattern of index[`${form}s`](fact)) {
        const filled = fillPrompt(pattern, fact.subject);
        yield {
          fact,
          pattern,
          form,
          prompt:
            form === 'statement'
              ? filled
              : fillQuestionForm(questionForms[turn++ % questionForms.length]!, filled),
          withheld: withheld.has(fact.subject, pattern),
          keptOut: keptOut.has(fact.subject),
        };
      }
  }
}
