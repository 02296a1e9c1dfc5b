import type { EditRequest } from './edit-request.js';

/** What a prompt is to an edit. The first four belong to its scope, the others do not. */
export type PromptKind =
  | 'paraphrase'
  | 'implication'
  | 'forced'
  | 'doubt'
  /** The same relation asked of another subject. */
  | 'other-subject'
  /** Another fact whose object is the edit's true object. */
  | 'same-object'
  /** Another relation asked of the same subject. */
  | 'other-relation'
  /** The edited question asked earlier in the text, something else last. */
  | 'topic-change'
  /** Text about neither. */
  | 'unrelated';

/** A prompt with what it is to the edit and whom it speaks of. */
export interface ScopePrompt {
  readonly text: string;
  readonly kind: PromptKind;
  /** The subject as it stands in the text (its last mention counts). Absent when none. */
  readonly subject?: string;
  /** What its wording has in common with near-copies of its kind, which calibration holds out together. */
  readonly wording?: string;
}

/**
 * How a question follows from an edit (s, r, o → o*).
 *
 * - `object-relation`: another relation of the object, which is described and not named: the currency of the country
 *   that s is a citizen of
 * - `described-subject`: the edited relation of its subject, which is described and not named: the capital of the
 *   country that y is a citizen of
 */
export type ImplicationForm = 'object-relation' | 'described-subject';

/** Prompts that ask one thing which follows from an edit. */
export interface ImpliedPrompts {
  /** Tells it from the edit's others: `P38`. */
  readonly name: string;
  readonly form: ImplicationForm;
  /** Of kind `implication`; none names an object. */
  readonly prompts: readonly ScopePrompt[];
  /** Out of its scope beyond the distribution's negatives: the same asked by way of something else. */
  readonly negatives: readonly ScopePrompt[];
}

/** The prompts that mean an edit's fact or follow from it, and those that bound its scope. */
export interface PromptDistribution {
  readonly request: EditRequest;
  /** Paraphrases; the first is the request's own prompt. No duplicates, none names an object. */
  readonly prompts: readonly string[];
  /**
   * Which phrasing each of `prompts` was made from, where the source knows: any numbers, equal for prompts that are
   * near-copies of each other. What is calibrated then holds out whole phrasings.
   */
  readonly wordings?: readonly number[];
  /** In scope beyond `prompts`: doubt forms and the like, for calibrating gates only. */
  readonly positives: readonly ScopePrompt[];
  /** Out of scope, for fitting and calibrating gates. */
  readonly negatives: readonly ScopePrompt[];
  /** What follows from the edit, for methods that learn its consequences. Absent where the source makes none. */
  readonly implied?: readonly ImpliedPrompts[];
  /** Which source made it, and with which settings. */
  readonly source: { readonly kind: string; readonly [setting: string]: string | number | boolean };
  /** How many candidates were dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

export interface PromptOptions {
  /** How many prompts, the request's own among them. */
  readonly count: number;
  readonly seed?: number;
  /**
   * Test prompts. Nothing generated shares the wording that they have around the edit's subject, their prefix
   * sentences, or their subjects other than the edit's own: the no-leakage rule. The request's own prompt is
   * exempt; a test prompt about another subject withholds that subject, not its wording.
   */
  readonly withhold?: readonly string[];
  /**
   * Wordings of the request's relation, each with one `{}`. Where there are some, negatives ask that relation in them and not
   * in the source's own: they stand beside prompts in these wordings, and a scope shall tell what is asked and not in whose
   * words.
   */
  readonly wordings?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A source of prompt distributions. */
export interface PromptGenerator {
  readonly kind: string;
  /** What tells its settings from others of its kind, as a file's hash: results made with it are kept under it. */
  readonly fingerprint?: string;
  /**
   * @throws {SakeError} `invalid-request` for a malformed request, `not-enough-data` when fewer than `count`
   * distinct prompts can be made (the message says how many could).
   */
  generate(request: EditRequest, options: PromptOptions): Promise<PromptDistribution>;
}
