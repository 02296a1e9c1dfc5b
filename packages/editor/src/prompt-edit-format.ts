import type { PromptEdit } from '@sakejs/spec';
import { z } from 'zod';
import type { EditFormat } from './edit-format.js';
import { canonicalJson, partSchema } from './edit-metadata.js';
import { checkStrayTensors, loadPart, partMetadata, storedTensors } from './stored-part.js';

/** Without a model of their own; releases that have no such models read these alone. */
const PLAIN = '1';
const COUNTERFACTUAL = '2';

const rewriteSchema = z.strictObject({
  prefix: z.string().min(1),
  counterfactual: z.strictObject({ id: z.string(), sha256: z.string().min(1) }).exactOptional(),
});

/**
 * Edits that put text in front of prompts: tensors `scope.*`; header texts `scope` and `rewrite`, which holds the text and
 * names the model that reads it, where that is another one.
 */
export const promptEditFormat: EditFormat<PromptEdit> = {
  kind: 'prompt',
  versions: [PLAIN, COUNTERFACTUAL],
  encode: ({ prefix, scope, counterfactual }, loaders) => {
    const bundle = scope.toTensors();
    return {
      version: counterfactual === undefined ? PLAIN : COUNTERFACTUAL,
      tensors: storedTensors(bundle, 'scope.'),
      texts: {
        // For releases that lack the kind: they name what reads it.
        module: '@sakejs/editor',
        rewrite: canonicalJson({ prefix, ...(counterfactual && { counterfactual }) }),
        scope: canonicalJson(partMetadata(bundle, loaders.scopeLoaders, 'scope')),
      },
    };
  },
  decode: ({ file, tensors, header, identity }, loaders) => {
    const { prefix, counterfactual } = header.parse('rewrite', rewriteSchema);
    const scope = header.parse('scope', partSchema);
    checkStrayTensors(tensors, ['scope.'], file);
    return {
      kind: 'prompt',
      ...identity,
      prefix,
      ...(counterfactual && { counterfactual }),
      scope: loadPart(loaders.scopeLoaders, scope, { tensors, file }, { part: 'scope', prefix: 'scope.' }),
    };
  },
};
