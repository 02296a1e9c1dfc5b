import type { LaterMap, MapEdit } from '@sakejs/spec';
import { z } from 'zod';
import type { EditFormat } from './edit-format.js';
import { canonicalJson, invalid, partSchema } from './edit-metadata.js';
import { checkStrayTensors, loadPart, partMetadata, storedTensors } from './stored-part.js';

/** Edits with maps of later tokens are of version 2, so that older releases refuse them by name; others stay as they were. */
const PLAIN_VERSION = '1';
const LATER_VERSION = '2';

const laterSchema = z
  .array(partSchema.extend({ after: z.array(z.int().nonnegative()).min(1) }))
  .min(1)
  .refine((maps) => maps.every(({ after }, at) => after.length > (maps[at - 1]?.after.length ?? 0)), {
    message: 'expected the maps in the order of the tokens before them',
  });

const laterPrefix = (at: number): string => `later.${at}.`;

/**
 * Edits that map activations: tensors `map.*`, `scope.*` and, for maps of later tokens, `later.<n>.*`; header texts `map`,
 * `scope` and `later` say how each is loaded.
 */
export const mapEditFormat: EditFormat<MapEdit> = {
  kind: 'map',
  versions: [PLAIN_VERSION, LATER_VERSION],
  encode: (edit, loaders) => {
    const map = edit.map.toTensors();
    const scope = edit.scope.toTensors();
    const later =
      edit.later?.map(({ after, map: further }) => ({ after, bundle: further.toTensors() })) ?? [];
    return {
      version: later.length > 0 ? LATER_VERSION : PLAIN_VERSION,
      tensors: {
        ...storedTensors(map, 'map.'),
        ...storedTensors(scope, 'scope.'),
        ...Object.fromEntries(
          later.flatMap(({ bundle }, at) => Object.entries(storedTensors(bundle, laterPrefix(at)))),
        ),
      },
      texts: {
        map: canonicalJson(partMetadata(map, loaders.mapLoaders, 'map')),
        scope: canonicalJson(partMetadata(scope, loaders.scopeLoaders, 'scope')),
        ...(later.length > 0 && {
          later: canonicalJson(
            later.map(({ after, bundle }) => ({
              ...partMetadata(bundle, loaders.mapLoaders, 'later map'),
              after,
            })),
          ),
        }),
      },
    };
  },
  decode: ({ file, version, tensors, header, identity }, loaders) => {
    const stored = { tensors, file };
    const map = header.parse('map', partSchema);
    const scope = header.parse('scope', partSchema);
    const later = version === LATER_VERSION ? header.parse('later', laterSchema) : [];
    checkStrayTensors(tensors, ['map.', 'scope.', ...later.map((_, at) => laterPrefix(at))], file);
    const first = loadPart(loaders.mapLoaders, map, stored, { part: 'map', prefix: 'map.' });
    const further = later.map((part, at): LaterMap => {
      const names = { part: 'later map', prefix: laterPrefix(at) };
      return { after: part.after, map: loadPart(loaders.mapLoaders, part, stored, names) };
    });
    const other = further.find(({ map: { dim } }) => dim !== first.dim);
    if (other !== undefined)
      throw invalid(file, `maps of one width, got ${first.dim} and ${other.map.dim} for later tokens`);
    return {
      kind: 'map',
      ...identity,
      map: first,
      ...(further.length > 0 && { later: further }),
      scope: loadPart(loaders.scopeLoaders, scope, stored, { part: 'scope', prefix: 'scope.' }),
    };
  },
};
