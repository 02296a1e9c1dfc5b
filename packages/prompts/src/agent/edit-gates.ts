import type { CausalLM, EditRequest } from '@sakejs/spec';
import { answerChanges } from '../quality/answer-changes.js';
import type { ModelGate } from '../quality/quality-gate.js';
import { saysNewObject } from '../quality/says-object.js';
import type { Limiter } from './limiter.js';

/** The gates that ask the model to be edited about a request's prompts; none where there is no such model. */
export type EditGates = (request: EditRequest) => readonly ModelGate[];

/** Gates that ask `lm`, one batch of texts at a time whatever is written at once. */
export function createEditGates(lm: CausalLM | undefined, limiter: Limiter): EditGates {
  if (lm === undefined) return () => [];
  const inTurn = (gate: ModelGate): ModelGate => ({
    ...gate,
    checkAll: (candidates, context, signal) =>
      limiter.run(() => gate.checkAll(candidates, context, signal), signal),
  });
  return (request) => [
    // An implication has another answer, and a doubt may well end in the new object.
    inTurn({ ...saysNewObject({ lm, targetNew: request.targetNew }), kinds: ['paraphrase'] }),
    inTurn(answerChanges({ lm, request })),
  ];
}

/** What a distribution's source says of the model that was asked. */
export function editSettings(lm: CausalLM | undefined): Readonly<Record<string, string>> {
  return lm === undefined ? {} : { modelToEdit: lm.info.id, modelToEditSha256: lm.info.sha256 };
}
