import { type EditRequest, fillPrompt, type PromptDistribution } from '@sakejs/spec';
import {
  createInductionLM,
  type InductionLM,
  type InductionLMOptions,
  type KnownFact,
} from './induction-lm.js';

const CAPITALS = {
  France: 'Paris',
  Italy: 'Rome',
  Japan: 'Tokyo',
  Peru: 'Lima',
  Kenya: 'Nairobi',
  'Sri Lanka': 'Kotte',
};

export const facts: readonly KnownFact[] = Object.entries(CAPITALS).map(([subject, object]) => ({
  subject,
  relation: 'capital',
  object,
}));

const PREFIXES = [
  '',
  'Well, ',
  'As far as I know, ',
  'It rained all day. ',
  'She said: ',
  'We had lunch. ',
  'Once more, ',
  'Here is a question. ',
  'By the way, ',
  'They left early. ',
  'Nobody spoke. ',
  'Then he asked. ',
];

/** The model that the editor's tests edit. */
export function createTestLM(options: Partial<InductionLMOptions> = {}): InductionLM {
  return createInductionLM({ facts, ...options });
}

export function capitalRequest(subject: keyof typeof CAPITALS, targetNew: string): EditRequest {
  return { subject, prompt: 'The capital of {} is', targetTrue: CAPITALS[subject], targetNew };
}

/** The request's prompt behind neutral sentences; negatives ask the same of other subjects. */
export function promptsFor(request: EditRequest, prefixes: readonly string[] = PREFIXES): PromptDistribution {
  const ask = (subject: string, prefix: string): string => prefix + fillPrompt(request.prompt, subject);
  const others = facts.filter(({ subject }) => subject !== request.subject);
  return {
    request,
    prompts: prefixes.map((prefix) => ask(request.subject, prefix)),
    positives: [
      { text: `Are you sure? ${ask(request.subject, '')}`, kind: 'doubt', subject: request.subject },
    ],
    negatives: others.flatMap(({ subject }) =>
      prefixes
        .slice(0, 4)
        .map((prefix) => ({ text: ask(subject, prefix), kind: 'other-subject' as const, subject })),
    ),
    source: { kind: 'test', prefixes: prefixes.length },
    dropped: {},
  };
}
