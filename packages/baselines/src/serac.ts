import { checkLearnInput, checkLengths, checkSameTokens, learnScope } from '@sakejs/editor';
import { trainedClassifier } from '@sakejs/scope';
import {
  type BatchItem,
  type CausalLM,
  fillPrompt,
  type EditMethod,
  SakeError,
  type PromptEdit,
  type PromptEmbedder,
  type ScopeDetector,
  throwIfAborted,
} from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions, having } from './check-options.js';
import { once } from './once.js';
import { sharedClassifier } from './shared-classifier.js';
import { checkWording, stateFact } from './state-fact.js';
import { promptEdit } from './prompt-edit.js';

/** Edits that a shared classifier is trained on; none of them is to be asked about. Called once a model. */
export type ClassifierTraining = (
  lm: CausalLM,
  signal: AbortSignal | undefined,
) => Promise<readonly BatchItem[]>;

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
  /**
   * The counterfactual model h, which answers what is in scope; it has the edited model's tokens. Whoever steers with the
   * edits is given it (`counterfactuals`). Default: the edited model itself.
   */
  readonly counterfactual?: CausalLM;
  /**
   * Trains one classifier over pairs of an edit and a text for all edits, on these, as the paper does; then learning an edit
   * trains nothing. Default: each edit trains a classifier of its own. Not beside `scope`.
   */
  readonly training?: readonly BatchItem[] | ClassifierTraining;
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
  counterfactual: having<CausalLM>('capture', 'project', 'generateBatch').optional(),
  training: z
    .union([
      z.custom<readonly BatchItem[]>((value) => Array.isArray(value)),
      z.custom<ClassifierTraining>((value) => typeof value === 'function'),
    ])
    .optional(),
  embedder: having<PromptEmbedder>('embed').optional(),
});

/**
 * Semi-parametric editing with a retrieval-augmented counterfactual model: edits in a cache, a trained scope classifier,
 * and a second model that answers what is in scope from the cached edit.
 *
 * f̃(x) = f(x) where the classifier holds x out of every edit's scope (P(in scope) < 0.5), else h(e, x) for the edit e
 * that it gives the highest probability. The cache is the edits that are live. The classifier is trained on the
 * distribution's generated prompts: paraphrases and doubts against other subjects, other relations, topic changes
 * and unrelated texts. h reads the edit's fact in front of the prompt.
 *
 * In the paper one classifier over pairs (edit, input) is trained beforehand on thousands of edits and used for new ones:
 * `training`, with a handful of edits and a frozen encoder (`pairClassifier`). By default each edit trains its own on its own
 * prompts, since a shared one has to see other records' wordings, from which tests may be drawn. There h is a small model
 * fine-tuned to answer from an edit in its input: `counterfactual`, any model with the same tokens, fine-tuned or not. By
 * default it is the edited model itself, so that edits need no second one.
 * Source: Mitchell et al., "Memory-Based Model Editing at Scale", sections 3-4 (arXiv 2206.06520).
 *
 * @throws {SakeError} here `invalid-option`; from `learn` `invalid-request` for a malformed request or prompts of
 * another one, `not-enough-data` without prompts or negatives, `invalid-input` for a text longer than the model's
 * positions, `invalid-option` for a classifier that wants an embedder where none is given and for a counterfactual model
 * with other tokens, `aborted`, and what the classifier throws.
 */
export function serac(options: SeracOptions = {}): EditMethod<PromptEdit> {
  const { wording, name, embedder, counterfactual, training, ...given } = checkOptions(
    WHERE,
    schema,
    options,
  );
  checkWording(wording);
  if (training !== undefined && given.scope !== undefined)
    throw new SakeError(
      'invalid-option',
      `${WHERE}: expected training or scope, got both; a shared classifier is the scope`,
    );
  const shared = new Map<string, Promise<ScopeDetector>>();
  const detectorFor = async (
    lm: CausalLM,
    seed: number,
    signal: AbortSignal | undefined,
  ): Promise<ScopeDetector> => {
    if (training === undefined) return given.scope ?? trainedClassifier({ layers: lm.info.layers, seed });
    const model = `${lm.info.sha256} ${lm.info.runtime['change'] ?? ''}`;
    return once(shared, `${model} ${seed}`, async () =>
      sharedClassifier(lm, typeof training === 'function' ? await training(lm, signal) : training, {
        ...{ seed, signal, where: WHERE },
      }),
    );
  };
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const prefix = stateFact(request, wording);
      if (counterfactual !== undefined) checkSameTokens(lm, counterfactual, WHERE);
      checkLengths(counterfactual ?? lm, [prefix + fillPrompt(request.prompt, request.subject)], WHERE);
      const own = fillPrompt(request.prompt, request.subject);
      const { scope, settings } = await learnScope({
        ...{ lm, embedder, signal, where: WHERE, forcedSource: false },
        scope: await detectorFor(lm, seed, signal),
        prompts: {
          ...{ ...prompts, request },
          // A shared classifier sees nothing of an edit but its own prompt.
          ...(training && { prompts: [own], wordings: [0], positives: [], negatives: [] }),
        },
      });
      return promptEdit(
        {
          ...{ request, prefix, scope, method: name },
          ...(counterfactual && {
            counterfactual: { id: counterfactual.info.id, sha256: counterfactual.info.sha256 },
          }),
          settings: {
            ...{ wording, classifier: training === undefined ? 'own' : 'shared' },
            counterfactual: counterfactual?.info.id ?? 'the model itself',
            ...settings,
          },
        },
        { lm, prompts, seed },
      );
    },
  };
}
