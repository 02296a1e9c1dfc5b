import type { PromptEdit } from '@sakejs/spec';
import { z } from 'zod';
import type { EditFormat } from './edit-format.js';
import { canonicalJson, partSchema } from './edit-metadata.js';
import { checkStrayTensors, loadPart, partMetadata, storedTensors } from './stored-part.js';

const VERSION = '1';

const rewriteSchema = z.strictObject({ prefix: z.string().min(1) });

/** Edits that put text in front of prompts: tensors `scope.*`; header texts `scope` and `rewrite`, which holds the text. */
export const promptEditFormat: EditFormat<PromptEdit> = {
  kind: 'prompt',
  versions: [VERSION],
  encode: ({ prefix, scope }, loaders) => {
    const bundle = scope.toTensors();
    return {
      version: VERSION,
      tensors: storedTensors(bundle, 'scope.'),
      texts: {
        // For releases that lack the kind: they name what reads it.
        module: '@sakejs/editor',
        rewrite: canonicalJson({ prefix }),
        scope: canonicalJson(partMetadata(bundle, loaders.scopeLoaders, 'scope')),
      },
    };
  },
  decode: ({ file, tensors, header, identity }, loaders) => {
    const { prefix } = header.parse('rewrite', rewriteSchema);
    const scope = header.parse('scope', partSchema);
    checkStrayTensors(tensors, ['scope.'], file);
    return {
      kind: 'prompt',
      ...identity,
      prefix,
      scope: loadPart(loaders.scopeLoaders, scope, { tensors, file }, { part: 'scope', prefix: 'scope.' }),
    };
  },
};
