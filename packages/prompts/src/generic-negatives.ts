import { fillPrompt, type EditRequest, type Random, type ScopePrompt } from '@sakejs/spec';
import type { PromptCollector } from './collect-prompts.js';
import { genericStatements } from './generic-statements.js';
import { neutralText } from './neutral-text.js';
import { fillTopicChange, topicChangeForms } from './topic-change.js';

export interface GenericNegativesInput {
  readonly request: EditRequest;
  /** Prompts of the edit, its subject in place. */
  readonly prompts: readonly string[];
  /** Neutral sentences that no test prompt holds. */
  readonly sentences: readonly string[];
  readonly collector: PromptCollector;
  readonly random: Random;
  readonly perKind: number;
}

/**
 * Negatives for a relation without phrasings or facts: general statements about the subject, the edited
 * question followed by one, and neutral text. None is about another subject: only facts know those.
 */
export function genericNegatives(input: GenericNegativesInput): ScopePrompt[] {
  const { collector, perKind } = input;
  return [otherStatements(input), topicChanges(input), neutral(input)].flatMap((kind) =>
    collector.take(kind, perKind),
  );
}

function* otherStatements({ request, sentences, random }: GenericNegativesInput): Generator<ScopePrompt> {
  const stream = random.fork('other-relation');
  for (let prefixed = false; ; prefixed = sentences.length > 0)
    for (const pattern of stream.shuffle(genericStatements)) {
      const text = fillPrompt(pattern, request.subject);
      const front = prefixed ? `${stream.pick(sentences)} ` : '';
      yield { text: front + text, kind: 'other-relation', subject: request.subject };
    }
}

function* topicChanges({ request, prompts, random }: GenericNegativesInput): Generator<ScopePrompt> {
  const stream = random.fork('topic-change');
  const forms = topicChangeForms.filter((form) => form.first !== 'question');
  for (;;) {
    const form = stream.pick(forms);
    const prompt = stream.pick(prompts);
    const object = stream.pick([request.targetTrue, request.targetNew]);
    const first = form.first === 'stated' ? `${prompt} ${object}` : prompt;
    const last = fillPrompt(stream.pick(genericStatements), request.subject);
    const text = fillTopicChange(form, { first, last });
    yield { text, kind: 'topic-change', subject: request.subject, wording: form.name };
  }
}

function* neutral({ sentences, random }: GenericNegativesInput): Generator<ScopePrompt> {
  const stream = random.fork('unrelated');
  while (sentences.length > 0) yield { text: neutralText(sentences, stream), kind: 'unrelated' };
}
