import { firstObjectToken, greedyTokens } from '@sakejs/editor';
import type { CausalLM, Prompt } from '@sakejs/spec';
import { SakeError } from '@sakejs/spec';

/** The objects whose probabilities a query compares. */
export interface Rivals {
  /** The object that should win. */
  readonly likelier: string;
  readonly lessLikely: string;
}

/** First tokens of two objects. */
export interface RivalTokens {
  readonly likelier: number;
  readonly lessLikely: number;
}

/** What a model answers to a prompt, reduced to what scorers look at. */
export interface Answer {
  /** Greedy next token; ties go to the lowest id. */
  readonly token: number;
  /** The same, decoded and trimmed. */
  readonly firstToken: string;
  /** Log-probability of the likelier rival's first token less the other's, in nats; absent without rivals. */
  readonly margin?: number;
  /** The edit that fired, when one did. */
  readonly fired?: string;
  /** Smallest `distance / threshold` over the live edits; absent without edits. */
  readonly distance?: number;
  /** What the model was run on, where an edit rewrote the prompt. */
  readonly ran?: Prompt;
}

/**
 * First tokens of two objects where they continue a text.
 *
 * `spaced`: of `" " + object`, as text has them; `bare`: of the object alone, as the reference's Popular code does.
 *
 * @throws {SakeError} `invalid-input` for an object without a token of its own.
 */
export function rivalTokens(lm: CausalLM, rivals: Rivals, tokens: 'spaced' | 'bare' = 'spaced'): RivalTokens {
  const first = (object: string): number =>
    tokens === 'spaced' ? firstObjectToken(lm, object) : firstBareToken(lm, object);
  return { likelier: first(rivals.likelier), lessLikely: first(rivals.lessLikely) };
}

/** The first token of an object that stands at the very beginning of a text, begin-of-text tokens aside. */
function firstBareToken(lm: CausalLM, object: string): number {
  const opening = lm.encode('');
  const tokens = lm.encode(object);
  const isOpened = opening.every((token, index) => tokens[index] === token);
  const token = tokens[isOpened ? opening.length : 0];
  if (token === undefined)
    throw new SakeError(
      'invalid-input',
      `rivalTokens: expected an object of at least one token, got ${JSON.stringify(object)}`,
    );
  return token;
}

/** What an {@link Answer} says beside the logits. */
export interface AnswerCircumstances {
  readonly fired?: string | undefined;
  readonly distance?: number | undefined;
  readonly ran?: Prompt | undefined;
}

/** Reduces next-token logits [vocabulary] to an {@link Answer}. */
export function readAnswer(
  lm: CausalLM,
  logits: Float32Array,
  rivals?: RivalTokens,
  { fired, distance, ran }: AnswerCircumstances = {},
): Answer {
  const token = greedyTokens({ rows: 1, cols: logits.length, data: logits })[0]!;
  return {
    token,
    firstToken: lm.decode([token]).trim(),
    ...(rivals !== undefined && { margin: logits[rivals.likelier]! - logits[rivals.lessLikely]! }),
    ...(fired !== undefined && { fired }),
    ...(distance !== undefined && { distance }),
    ...(ran !== undefined && { ran }),
  };
}

/** First-token prefix scorer of the paper's code: non-empty, and one of the objects begins with it. */
export function isPrefixOfAny(firstToken: string, objects: readonly string[]): boolean {
  return firstToken !== '' && objects.some((object) => object.startsWith(firstToken));
}
