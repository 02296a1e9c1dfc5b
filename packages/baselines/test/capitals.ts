import { fillPrompt, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { createCopyingLM, type CopyingLM } from './copying-lm.js';

const capitals = { France: 'Paris', Italy: 'Rome', Japan: 'Tokyo', Peru: 'Lima', Kenya: 'Nairobi' };
const PREFIXES = ['', 'Well, ', 'She said: ', 'Once more, ', 'It rained. ', 'By the way, '];

/** The model that these tests edit. */
export function createTestLM(options: { readonly maxPositions?: number } = {}): CopyingLM {
  return createCopyingLM(capitals, options);
}

export function capitalRequest(subject: keyof typeof capitals, targetNew: string): EditRequest {
  return { subject, prompt: 'The capital of {} is', targetTrue: capitals[subject], targetNew };
}

/** The request's prompt behind some openings; negatives ask the same of other countries. */
export function promptsFor(request: EditRequest): PromptDistribution {
  const others = Object.keys(capitals).filter((subject) => subject !== request.subject);
  return {
    request,
    prompts: PREFIXES.map((prefix) => prefix + fillPrompt(request.prompt, request.subject)),
    positives: [],
    negatives: others.map((subject) => ({
      text: fillPrompt(request.prompt, subject),
      kind: 'other-subject',
      subject,
    })),
    source: { kind: 'test' },
    dropped: {},
  };
}
