import type { PromptKind } from '@sakejs/spec';
import type { Withholding } from '../withholding.js';

/** A text that may become part of a distribution. */
export interface Candidate {
  /** Without white space around it. */
  readonly text: string;
  /** Its place among the candidates, from 0; -1 for texts that stood elsewhere already. */
  readonly index: number;
  /** Its words in lower case: case, punctuation and white space aside. */
  readonly wording: string;
  /** The subject or alias that stands in it, as it stands there; absent when none does. */
  readonly subject?: string;
}

/** What gates know beside the candidate. */
export interface GateContext {
  readonly kind: PromptKind;
  /** The subject and its aliases, longest first. */
  readonly subjects: readonly string[];
  /** Both objects and their aliases, as far as they are known. */
  readonly objects: readonly string[];
  readonly withholding: Withholding | undefined;
  /** Candidates that passed every gate so far, in order, after texts that stand elsewhere already. */
  readonly kept: readonly Candidate[];
}

/**
 * One reason to leave a candidate out, as a value.
 *
 * A new gate is one file with such a value, put in the list that `screenCandidates` is given.
 */
export interface QualityGate {
  /** The reason under which its drops are counted. */
  readonly name: string;
  /** The kinds of prompts that it looks at; absent: all. */
  readonly kinds?: readonly PromptKind[];
  /** Whether the candidate may stay. */
  check(candidate: Candidate, context: GateContext): boolean;
}

/** A gate that asks a model, about all candidates that passed the others. */
export interface ModelGate {
  readonly name: string;
  readonly kinds?: readonly PromptKind[];
  /** Whether each of the candidates may stay, in their order. */
  checkAll(
    candidates: readonly Candidate[],
    context: GateContext,
    signal?: AbortSignal,
  ): Promise<readonly boolean[]>;
}

/** Kinds that ask for the new object and must not say it. */
export const askingKinds: readonly PromptKind[] = ['paraphrase', 'implication'];
