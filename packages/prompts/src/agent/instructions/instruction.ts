import type { EditRequest } from '@sakejs/spec';
import type { z } from 'zod';

/** What a language model is asked to write for an edit; each kind has its own instruction. */
export type InstructionKind =
  | 'paraphrases'
  | 'subject-aliases'
  | 'one-hop-implications'
  | 'two-hop-implications'
  | 'reverse-questions'
  | 'doubt-forms';

/** How much is asked for at once, and in which manner. */
export interface Ask {
  /** Entries wanted in one reply. */
  readonly size: number;
  /** A manner that the entries shall share, so that several replies differ. */
  readonly style?: string;
}

/** Entries written by hand for another fact, shown to models that only continue text. */
export interface InstructionExample<Item> {
  readonly request: EditRequest;
  readonly items: readonly Item[];
}

/**
 * One kind of writing task: in words, as a reply's schema, and as lines of text.
 *
 * The `version` is part of every cache key: raise it whenever a word of the task changes.
 */
export interface Instruction<Item> {
  readonly kind: InstructionKind;
  readonly version: number;
  /** One entry of the reply. Without lengths and patterns, which strict JSON schemas of servers do not all know. */
  readonly item: z.ZodType<Item>;
  /** One entry, as the reply's form is shown to the model. */
  readonly shape: string;
  /** The task in words, for chat models and for models that continue text alike. */
  task(request: EditRequest, ask: Ask): string;
  readonly examples: readonly InstructionExample<Item>[];
  /** An entry as one line, and back; undefined for a line that is none. */
  toLine(item: Item): string;
  fromLine(line: string): Item | undefined;
}

/** The parts of an instruction whose entries are plain texts, one a line. */
export const textLines: {
  toLine(item: string): string;
  fromLine(line: string): string | undefined;
} = {
  toLine: (item) => item,
  fromLine: (line) => (line === '' ? undefined : line),
};
