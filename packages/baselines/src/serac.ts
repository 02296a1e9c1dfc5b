import { checkLearnInput, checkLengths, learnScope } from '@sakejs/editor';
import { trainedClassifier } from '@sakejs/scope';
import {
  fillPrompt,
  type EditMethod,
  type PromptEdit,
  type PromptEmbedder,
  type ScopeDetector,
  throwIfAborted,
} from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions, having } from './check-options.js';
import { checkWording, stateFact } from './state-fact.js';
import { promptEdit } from './prompt-edit.js';

export interface SeracOptions {
  /**
   * What the counterfactual model reads in front of a prompt, with `{statement}` once and `{targetTrue}` for the old
   * object. Default: the steering context, `Do not mention '{targetTrue}'. Repeat this sentence: '{statement}'. `.
   */
  readonly wording?: string;
  /** Stands in tables and in every edit's provenance. Default `serac`. */
  readonly name?: string;
  /** The scope classifier. Default `trainedClassifier({ layers })` for the model's number of blocks. */
  readonly scope?: ScopeDetector;
  /** For classifiers over sentence embeddings. */
  readonly embedder?: PromptEmbedder;
}

const WHERE = 'serac';
/** SAKE's steering context, what is asked in the place of its prompt: of eight wordings the most obeyed on dev records. */
const COUNTERFACTUAL = "Do not mention '{targetTrue}'. Repeat this sentence: '{statement}'. ";

const schema = z.strictObject({
  wording: z.string().default(COUNTERFACTUAL),
  name: z.string().min(1).default('serac'),
  scope: having<ScopeDetector>('fit').optional(),
  embedder: having<PromptEmbedder>('embed').optional(),
});

/**
 * Semi-parametric editing with a retrieval-augmented counterfactual model: edits in a cache, a trained scope classifier,
 * and a second model that answers what is in scope from the cached edit.
 *
 * f̃(x) = f(x) where the classifier holds x out of every edit's scope (P(in scope) < 0.5), else h(e, x) for the edit e
 * that it gives the highest probability. The cache is the edits that are live. The classifier is trained on the
 * distribution's generated prompts: paraphrases and doubts against other subjects, other relations, topic changes
 * and unrelated texts. h is the same frozen model, which reads the edit's fact in front of the prompt.
 *
 * Two differences from the paper. There one classifier over pairs (edit, input) is trained beforehand on thousands of
 * edits and used for new ones; here each edit trains its own on its own prompts, since a shared one would have to see other
 * records' wordings, from which tests are drawn. There h is a small model fine-tuned to answer from an edit in its
 * input; here it is the model itself, untrained, so edits stay values that any model of the same weights can apply.
 * Source: Mitchell et al., "Memory-Based Model Editing at Scale", sections 3-4 (arXiv 2206.06520).
 *
 * @throws {SakeError} here `invalid-option`; from `learn` `invalid-request` for a malformed request or prompts of
 * another one, `not-enough-data` without prompts or negatives, `invalid-input` for a text longer than the model's
 * positions, `invalid-option` for a classifier that wants an embedder where none is given, `aborted`, and what the
 * classifier throws.
 */
export function serac(options: SeracOptions = {}): EditMethod<PromptEdit> {
  const { wording, name, embedder, ...given } = checkOptions(WHERE, schema, options);
  checkWording(wording);
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const prefix = stateFact(request, wording);
      checkLengths(lm, [prefix + fillPrompt(request.prompt, request.subject)], WHERE);
      const { scope, settings } = await learnScope({
        ...{ lm, embedder, signal, where: WHERE, forcedSource: false },
        scope: given.scope ?? trainedClassifier({ layers: lm.info.layers, seed }),
        prompts: { ...prompts, request },
      });
      return promptEdit(
        { request, prefix, scope, method: name, settings: { wording, ...settings } },
        { lm, prompts, seed },
      );
    },
  };
}
