import { SakeError } from './errors.js';

/** A change of one fact: (subject, prompt, true object) -> new object. */
export interface EditRequest {
  readonly subject: string;
  /** The relation as a prompt to complete, with `{}` where the subject goes: `The capital of {} is`. */
  readonly prompt: string;
  /** What the model says today, without a leading space. */
  readonly targetTrue: string;
  /** What it shall say, without a leading space. */
  readonly targetNew: string;
  /** The relation's id where known, e.g. Wikidata's `P36`. */
  readonly relation?: string;
}

/** The prompt with the subject in place of `{}`. */
export function fillPrompt(pattern: string, subject: string): string {
  return pattern.replace('{}', () => subject);
}

/**
 * Checks a request and gives it back with surrounding white space trimmed.
 *
 * @throws {SakeError} `invalid-request` when a field is empty, the prompt lacks
 * exactly one `{}`, or both objects are the same.
 */
export function validateEditRequest(request: EditRequest): EditRequest {
  const fail = (message: string): never => {
    throw new SakeError('invalid-request', `edit request: ${message}`, { details: { request } });
  };
  const trimmed = { ...request };
  for (const field of ['subject', 'prompt', 'targetTrue', 'targetNew'] as const) {
    const value = request[field];
    if (typeof value !== 'string' || value.trim() === '')
      fail(`expected a non-empty ${field}, got ${JSON.stringify(value)}`);
    trimmed[field] = value.trim();
  }
  const holes = trimmed.prompt.split('{}').length - 1;
  if (holes !== 1)
    fail(
      `expected the prompt to hold '{}' once, where the subject goes, got ${holes} in ${JSON.stringify(trimmed.prompt)}; write e.g. "The capital of {} is"`,
    );
  if (trimmed.targetTrue === trimmed.targetNew)
    fail(`expected a new object other than the true one, got ${JSON.stringify(trimmed.targetNew)} for both`);
  return trimmed;
}
