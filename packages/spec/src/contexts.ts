/** A prompt with its subject filled in, and both objects. */
export interface ContextInput {
  readonly prompt: string;
  readonly targetTrue: string;
  readonly targetNew: string;
}

/**
 * The steering context: makes a model that obeys it say the new object.
 *
 * `Do not mention '{o}'. Repeat this sentence: '{p} {o*}'. {p}`: the target rows of an edit.
 * Source: SAKE, section 3 (arXiv 2503.01751).
 */
export function steeringContext({ prompt, targetTrue, targetNew }: ContextInput): string {
  return `Do not mention '${targetTrue}'. Repeat this sentence: '${prompt} ${targetNew}'. ${prompt}`;
}

/**
 * The forced source: the prompt with its old object said in front.
 *
 * `Repeat this sentence: '{p} {o}'. {p}`: source rows beside the plain prompts, as in the authors' reference.
 */
export function forcedSource({ prompt, targetTrue }: Omit<ContextInput, 'targetNew'>): string {
  return `Repeat this sentence: '${prompt} ${targetTrue}'. ${prompt}`;
}

/** An implication of a fact: the facts as full sentences, and what is asked. */
export interface ImplicationInput {
  readonly originalFact: string;
  readonly editedFact: string;
  /** A statement to complete that follows from the fact. */
  readonly question: string;
}

/** The two contexts of an implication: `source` says the old fact, `target` the new one (authors' reference). */
export function implicationContexts(input: ImplicationInput): { source: string; target: string } {
  return {
    source: `Considering this context is now true: '${input.originalFact}'. Complete this sentence:${input.question}`,
    target:
      `Pretend that this context is true and forget your previous knowledge: '${input.editedFact}'. ` +
      `Now, based on the previous context only, complete this sentence:${input.question}`,
  };
}
