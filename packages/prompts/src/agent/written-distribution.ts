import type { PromptDistribution } from '@sakejs/spec';
import type { InstructionKind } from './instructions/instruction.js';
import type { CallFailure, Reasked } from './prompt-writer.js';
import type { Implication } from './screen-implications.js';
import type { ReverseQuestion } from './screen-reverse-questions.js';
import type { TokenUsage } from './token-usage.js';

/** How one kind of entries came about. */
export interface KindReport {
  readonly wanted: number;
  /** Entries that passed the gates. */
  readonly made: number;
  /** Replies asked for, those in the cache among them. */
  readonly replies: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * What a distribution took, and what it lacks.
 *
 * Replies from the cache count with what they took when they were made, so that the report of a distribution is the
 * same whenever it is made again. What a run paid is in the source's `usage()`.
 */
export interface WritingReport {
  readonly kinds: Readonly<Partial<Record<InstructionKind, KindReport>>>;
  /** Entries short of what was wanted, for kinds that are. */
  readonly missing: Readonly<Partial<Record<InstructionKind, number>>>;
  /** Replies that did not come, after every retry. */
  readonly failures: readonly CallFailure[];
  readonly reasked: Reasked;
  readonly usage: TokenUsage;
  /** Present where prices were given. */
  readonly cost?: number;
}

/** What a source that a language model writes for gives beside a plain distribution. */
export interface WrittenParts {
  /** Other names of the subject; prompts that use them are among the positives, kind `paraphrase`. */
  readonly aliases: readonly string[];
  /** What follows from the fact; also among the positives, kind `implication`. */
  readonly implications: readonly Implication[];
  /**
   * The fact from its other end. Neither a prompt nor a positive: they name an object, and their answer is the
   * subject, which is not what an edit makes the model say.
   */
  readonly reverseQuestions: readonly ReverseQuestion[];
  readonly report: WritingReport;
}

/** A distribution that a language model wrote. */
export interface WrittenDistribution extends PromptDistribution, WrittenParts {}

/** A distribution as a file holds it: with as many of those parts as its source made. */
export type FiledDistribution = PromptDistribution & Partial<WrittenParts>;
