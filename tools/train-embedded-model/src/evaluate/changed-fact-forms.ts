import { implicationContexts } from '@sakejs/spec';

/** A changed fact, a sentence without its full stop, and a statement to complete. */
export interface StatedChange {
  readonly edited: string;
  readonly asked: string;
}

/** Prompts that state a changed fact and then ask something. */
export const changedFactForms = {
  pretend: ({ edited, asked }: StatedChange): string => implication(edited, asked).target,
  considering: ({ edited, asked }: StatedChange): string => implication(edited, asked).source,
  imagine: ({ edited, asked }: StatedChange): string => `Imagine that ${edited}. ${asked}`,
  newFact: ({ edited, asked }: StatedChange): string => `New fact: ${edited}. ${asked}`,
} as const satisfies Record<string, (change: StatedChange) => string>;

/** Both contexts about one fact. */
function implication(fact: string, question: string): { source: string; target: string } {
  return implicationContexts({ originalFact: fact, editedFact: fact, question });
}
