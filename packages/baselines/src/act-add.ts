import {
  checkLearnInput,
  checkLengths,
  editId,
  firstObjectToken,
  greedyTokens,
  learnScope,
  provenanceOf,
} from '@sakejs/editor';
import {
  fillPrompt,
  type EditMethod,
  type MapEdit,
  type PromptEmbedder,
  type ScopeDetector,
  selectRows,
  steeringContext,
  throwIfAborted,
} from '@sakejs/spec';
import { meanShift } from '@sakejs/transport';
import { z } from 'zod';
import { checkOptions, having } from './check-options.js';

export interface ActAddOptions {
  /** The gate, fitted as SAKE's is: on the whole distribution. */
  readonly scope: ScopeDetector;
  /** Stands in tables and in every edit's provenance. Default `actadd`. */
  readonly name?: string;
  /** For scopes that compare sentence embeddings. */
  readonly embedder?: PromptEmbedder;
}

const WHERE = 'actAdd';

const schema = z.strictObject({
  scope: having<ScopeDetector>('fit'),
  name: z.string().min(1).default('actadd'),
  embedder: having<PromptEmbedder>('embed').optional(),
});

/**
 * Activation addition with one contrast: m(h) = h + (h_target(p) − h_source(p)).
 *
 * h_source(p) is the last-token activation [d] of the request's own prompt p, h_target(p) that of its steering context;
 * both are inputs of the LM head. One pass over two texts and one over the scope's; the same gate as SAKE, so that
 * only the map differs. The paper's form of the baseline; that of Turner et al., at a block's residual stream, is
 * `actAddOriginal`.
 * Source: SAKE, section 4 (arXiv 2503.01751).
 *
 * @throws {SakeError} here `invalid-option`; from `learn`: `invalid-request` for a malformed request or prompts of another one,
 * `not-enough-data` without prompts, `invalid-input` for a text longer than the model's positions, `invalid-option`
 * for a scope that wants an embedder where none is given, `aborted`, and what the scope throws.
 */
export function actAdd(options: ActAddOptions): EditMethod<MapEdit> {
  const { scope: detector, name, embedder } = checkOptions(WHERE, schema, options);
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const prompt = fillPrompt(request.prompt, request.subject);
      const pair = [prompt, steeringContext({ ...request, prompt })];
      checkLengths(lm, pair, WHERE);
      const states = await lm.capture(pair, signal === undefined ? {} : { signal }); // [2, d]
      const target = selectRows(states, [1]);
      const obeys = greedyTokens(await lm.project(target))[0] === firstObjectToken(lm, request.targetNew);
      throwIfAborted(signal, WHERE);
      const { scope, settings } = await learnScope({
        ...{ lm, scope: detector, embedder, signal, where: WHERE },
        prompts: { ...prompts, request },
      });
      return {
        kind: 'map',
        id: editId(request),
        request,
        map: meanShift().fit({ source: selectRows(states, [0]), target }),
        scope,
        provenance: {
          method: name,
          ...provenanceOf(lm, prompts, seed),
          rows: { source: 1, target: 1, obeying: Number(obeys) },
          settings,
        },
      };
    },
  };
}
