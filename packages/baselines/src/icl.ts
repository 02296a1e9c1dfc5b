import { checkLearnInput, checkLengths, learnScope } from '@sakejs/editor';
import { nearestRequest } from '@sakejs/scope';
import {
  fillPrompt,
  type EditMethod,
  type PromptEdit,
  type ScopeDetector,
  throwIfAborted,
} from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions, having } from './check-options.js';
import { checkWording, stateFact } from './state-fact.js';
import { promptEdit } from './prompt-edit.js';

export interface IclOptions {
  /**
   * What is put in front of a prompt, with `{statement}` where the new fact goes and whatever separates it from the
   * prompt. Default `New fact: {statement}. `.
   */
  readonly wording?: string;
  /** Stands in tables and in every edit's provenance. Default `icl`. */
  readonly name?: string;
  /**
   * Which of several live edits' facts is stated, fitted on the request's own prompt alone. Default `nearestRequest()`,
   * which never closes: prompt methods have no gate. Sentence embeddings are not offered.
   */
  readonly scope?: ScopeDetector;
}

const WHERE = 'icl';

const schema = z.strictObject({
  wording: z.string().default('New fact: {statement}. '),
  name: z.string().min(1).default('icl'),
  scope: having<ScopeDetector>('fit').optional(),
});

/**
 * In-context learning: the new fact stated in front of every prompt, `New fact: The capital of France is Rome. {prompt}`.
 *
 * The default announces the fact, as Zheng et al. do; some models do not believe one that is only stated
 * (`wording: '{statement}. '`).
 *
 * Nothing is learned of the model but the last-token activation [d] of the request's own prompt, one pass over one text.
 * With several edits live the nearest one's fact is stated: the smallest Euclidean distance between the prompt's and
 * the request's last-token activation, without a border beyond which none is. The paper's baseline of the doubt
 * tests, where the fact stands in front of the doubt.
 * Source: SAKE, section 4.4 (arXiv 2503.01751); for the method Zheng et al., "Can We Edit Factual Knowledge by In-Context
 * Learning?" (arXiv 2305.12740), whose demonstrations are another method.
 *
 * @throws {SakeError} here `invalid-option`, also for a wording without `{statement}` exactly once; from `learn`
 * `invalid-request` for a malformed request or prompts of another one, `not-enough-data` without prompts, `invalid-input`
 * where the statement and the request's own prompt exceed the model's positions, `aborted`, and what the scope throws.
 */
export function icl(options: IclOptions = {}): EditMethod<PromptEdit> {
  const { wording, name, scope: detector = nearestRequest() } = checkOptions(WHERE, schema, options);
  checkWording(wording);
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const prompt = fillPrompt(request.prompt, request.subject);
      const prefix = stateFact(request, wording);
      checkLengths(lm, [prefix + prompt], WHERE);
      const { scope } = await learnScope({
        ...{ lm, scope: detector, signal, where: WHERE, forcedSource: false },
        prompts: { ...prompts, request, prompts: [prompt], wordings: [0], positives: [], negatives: [] },
      });
      return promptEdit(
        { request, prefix, scope, method: name, settings: { wording } },
        { lm, prompts, seed },
      );
    },
  };
}
