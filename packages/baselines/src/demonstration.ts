import { fillPrompt, type EditRequest } from '@sakejs/spec';

/** What a demonstration teaches: repeat the fact, say it for another wording, leave other facts alone. */
export type DemonstrationKind = 'copy' | 'update' | 'retain';

/** A changed fact, something asked behind it, and the right answer. */
export interface Demonstration {
  readonly kind: DemonstrationKind;
  /** The new fact as a statement without a full stop: `The capital of Peru is Tokyo`. */
  readonly fact: string;
  /** What is asked; `' ' + answer` goes on. */
  readonly prompt: string;
  /** The new object of a copy or update, what the model knows for a fact to retain. */
  readonly answer: string;
}

/** `New Fact: {fact}`, a line break and `Prompt: `: the published form. What is asked follows. */
const announce = (fact: string): string => `New Fact: ${fact}\nPrompt: `;

/** A demonstration as the model reads it, with the blank line behind it. */
export function writeDemonstration({ fact, prompt, answer }: Demonstration): string {
  return `${announce(fact)}${prompt} ${answer}\n\n`;
}

/** Demonstrations in the order given, then the edit's fact; what is asked follows. */
export function writeContext(demonstrations: readonly Demonstration[], request: EditRequest): string {
  return demonstrations.map(writeDemonstration).join('') + announce(newFact(request));
}

/** A request's new fact as a statement: `The capital of France is Rome`. */
export function newFact({ prompt, subject, targetNew }: EditRequest): string {
  return `${fillPrompt(prompt, subject)} ${targetNew}`;
}
