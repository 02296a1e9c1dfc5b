import type { LayerHookEdit } from '@sakejs/spec';
import { z } from 'zod';
import type { EditFormat } from './edit-format.js';
import { canonicalJson, partSchema } from './edit-metadata.js';
import { checkStrayTensors, loadPart, partMetadata, storedTensors } from './stored-part.js';
import { storedMatrix } from './weight-delta-edit-format.js';

const VERSION = '1';
const VALUES = 'hook.values';

const hookSchema = z.strictObject({
  layer: z.int().nonnegative(),
  operation: z.enum(['add', 'replace']),
  anchor: z.enum(['start', 'end']),
});

/** Edits that change residual streams: tensors `hook.values` [positions, d] and `scope.*`; header texts `hook` and `scope`. */
export const layerHookEditFormat: EditFormat<LayerHookEdit> = {
  kind: 'layer-hook',
  versions: [VERSION],
  encode: ({ hook, scope }, loaders) => {
    const bundle = scope.toTensors();
    const { values, ...settings } = hook;
    return {
      version: VERSION,
      tensors: {
        [VALUES]: { dtype: 'F32', shape: [values.rows, values.cols], data: values.data },
        ...storedTensors(bundle, 'scope.'),
      },
      texts: {
        // For releases that lack the kind: they name what reads it.
        module: '@sakejs/editor',
        hook: canonicalJson(settings),
        scope: canonicalJson(partMetadata(bundle, loaders.scopeLoaders, 'scope')),
      },
    };
  },
  decode: ({ file, tensors, header, identity }, loaders) => {
    const hook = header.parse('hook', hookSchema);
    const scope = header.parse('scope', partSchema);
    checkStrayTensors(tensors, ['hook.', 'scope.'], file);
    return {
      kind: 'layer-hook',
      ...identity,
      hook: { ...hook, values: storedMatrix(tensors, VALUES, file) },
      scope: loadPart(loaders.scopeLoaders, scope, { tensors, file }, { part: 'scope', prefix: 'scope.' }),
    };
  },
};
