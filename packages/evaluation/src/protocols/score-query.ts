import { firstObjectToken, greedyTokens } from '@sakejs/editor';
import type { CausalLM, EditRequest } from '@sakejs/spec';
import type { CounterFactMetric } from './counterfact-queries.js';
import type { Protocol } from './protocol.js';

/** What a model answers to a prompt, reduced to what scorers look at. */
export interface Answer {
  /** Greedy next token; ties go to the lowest id. */
  readonly token: number;
  /** The same, decoded and trimmed. */
  readonly firstToken: string;
  /** Log-probabilities of the first tokens of `" " + object`. */
  readonly logProbabilityNew: number;
  readonly logProbabilityTrue: number;
  /** The edit that fired, when one did. */
  readonly fired?: string;
}

/** First tokens of a request's objects, with the leading space that text gives them. */
export interface ObjectTokens {
  readonly targetNew: number;
  readonly targetTrue: number;
}

/** @see {@link ObjectTokens} */
export function objectTokens(lm: CausalLM, request: EditRequest): ObjectTokens {
  return {
    targetNew: firstObjectToken(lm, request.targetNew),
    targetTrue: firstObjectToken(lm, request.targetTrue),
  };
}

/** Reduces next-token logits [vocabulary] to an {@link Answer}; the softmax is computed in float64. */
export function readAnswer(lm: CausalLM, logits: Float32Array, tokens: ObjectTokens, fired?: string): Answer {
  const token = greedyTokens({ rows: 1, cols: logits.length, data: logits })[0]!;
  const top = logits[token]!;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - top);
  const logNormaliser = top + Math.log(sum);
  return {
    token,
    firstToken: lm.decode([token]).trim(),
    logProbabilityNew: logits[tokens.targetNew]! - logNormaliser,
    logProbabilityTrue: logits[tokens.targetTrue]! - logNormaliser,
    ...(fired === undefined ? {} : { fired }),
  };
}

/** First-token prefix scorer of the paper's code: non-empty, and the object begins with it. */
export function isPrefixOf(firstToken: string, object: string): boolean {
  return firstToken !== '' && object.startsWith(firstToken);
}

/** The object that a metric wants to hear: the true one where the edit shall not reach, else the new one. */
export function wantedObject(metric: CounterFactMetric, request: EditRequest): string {
  return metric === 'specificity' ? request.targetTrue : request.targetNew;
}

/** A query's outcome under each scorer; `kept` false leaves it out of every mean. */
export interface QueryScore {
  readonly kept: boolean;
  /** The metric as the protocol defines it. */
  readonly success: boolean;
  /** Greedy next token is a prefix of the object that the metric wants. */
  readonly firstToken: boolean;
  /** The wanted object's first token is the likelier of the two. */
  readonly probability: boolean;
}

/**
 * Scores one query.
 *
 * Accuracy and generality want the new object (first-token prefix). Specificity wants the neighbour left alone:
 * kept where the unedited model has P(new) <= P(true); success where P(new) < P(true) after editing or, in the
 * paper protocol, where the gate is closed (no edit was applied).
 */
export function scoreQuery(
  metric: CounterFactMetric,
  request: EditRequest,
  plain: Answer,
  edited: Answer,
  protocol: Protocol,
): QueryScore {
  const newIsLikelier = edited.logProbabilityNew > edited.logProbabilityTrue;
  const trueIsLikelier = edited.logProbabilityNew < edited.logProbabilityTrue;
  const firstToken = isPrefixOf(edited.firstToken, wantedObject(metric, request));
  if (metric !== 'specificity')
    return { kept: true, success: firstToken, firstToken, probability: newIsLikelier };
  return {
    kept: plain.logProbabilityNew <= plain.logProbabilityTrue,
    success: trueIsLikelier || (protocol === 'paper' && edited.fired === undefined),
    firstToken,
    probability: trueIsLikelier,
  };
}
