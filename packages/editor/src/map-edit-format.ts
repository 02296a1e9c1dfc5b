import type { ImpliedMap, LaterMap, MapEdit } from '@sakejs/spec';
import { z } from 'zod';
import type { EditFormat } from './edit-format.js';
import { canonicalJson, invalid, partSchema } from './edit-metadata.js';
import { checkStrayTensors, loadPart, partMetadata, storedTensors } from './stored-part.js';

/**
 * Edits with maps of later tokens are of version 2, those with maps of what follows of version 3, so that older releases
 * refuse them by name; others stay as they were.
 */
const PLAIN_VERSION = '1';
const LATER_VERSION = '2';
const IMPLIED_VERSION = '3';

const laterSchema = z
  .array(partSchema.extend({ after: z.array(z.int().nonnegative()).min(1) }))
  .min(1)
  .refine((maps) => maps.every(({ after }, at) => after.length > (maps[at - 1]?.after.length ?? 0)), {
    message: 'expected the maps in the order of the tokens before them',
  });

const impliedSchema = z
  .array(z.strictObject({ name: z.string().min(1), map: partSchema, scope: partSchema }))
  .min(1);

const laterPrefix = (at: number): string => `later.${at}.`;
const impliedPrefix = (at: number): string => `implied.${at}.`;

/**
 * Edits that map activations: tensors `map.*`, `scope.*`, for maps of later tokens `later.<n>.*`, for what follows
 * `implied.<n>.map.*` and `implied.<n>.scope.*`; header texts `map`, `scope`, `later` and `implied` say how each is loaded.
 */
export const mapEditFormat: EditFormat<MapEdit> = {
  kind: 'map',
  versions: [PLAIN_VERSION, LATER_VERSION, IMPLIED_VERSION],
  encode: (edit, loaders) => {
    const map = edit.map.toTensors();
    const scope = edit.scope.toTensors();
    const later =
      edit.later?.map(({ after, map: further }) => ({ after, bundle: further.toTensors() })) ?? [];
    const implied =
      edit.implied?.map((part) => ({
        name: part.name,
        map: part.map.toTensors(),
        scope: part.scope.toTensors(),
      })) ?? [];
    return {
      version: implied.length > 0 ? IMPLIED_VERSION : later.length > 0 ? LATER_VERSION : PLAIN_VERSION,
      tensors: {
        ...storedTensors(map, 'map.'),
        ...storedTensors(scope, 'scope.'),
        ...Object.fromEntries(
          later.flatMap(({ bundle }, at) => Object.entries(storedTensors(bundle, laterPrefix(at)))),
        ),
        ...Object.fromEntries(
          implied.flatMap((part, at) =>
            (['map', 'scope'] as const).flatMap((name) =>
              Object.entries(storedTensors(part[name], `${impliedPrefix(at)}${name}.`)),
            ),
          ),
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
        ...(implied.length > 0 && {
          implied: canonicalJson(
            implied.map(({ name, map: further, scope: held }) => ({
              name,
              map: partMetadata(further, loaders.mapLoaders, 'implied map'),
              scope: partMetadata(held, loaders.scopeLoaders, 'implied scope'),
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
    const hasLater = version === LATER_VERSION || (version === IMPLIED_VERSION && header.has('later'));
    const later = hasLater ? header.parse('later', laterSchema) : [];
    const implied = version === IMPLIED_VERSION ? header.parse('implied', impliedSchema) : [];
    const prefixes = [...later.map((_, at) => laterPrefix(at)), ...implied.map((_, at) => impliedPrefix(at))];
    checkStrayTensors(tensors, ['map.', 'scope.', ...prefixes], file);
    const first = loadPart(loaders.mapLoaders, map, stored, { part: 'map', prefix: 'map.' });
    const further = later.map((part, at): LaterMap => {
      const names = { part: 'later map', prefix: laterPrefix(at) };
      return { after: part.after, map: loadPart(loaders.mapLoaders, part, stored, names) };
    });
    const follows = implied.map(({ name, map: ofMap, scope: ofScope }, at): ImpliedMap => {
      const prefix = impliedPrefix(at);
      const mapNames = { part: 'implied map', prefix: `${prefix}map.` };
      const scopeNames = { part: 'implied scope', prefix: `${prefix}scope.` };
      return {
        name,
        map: loadPart(loaders.mapLoaders, ofMap, stored, mapNames),
        scope: loadPart(loaders.scopeLoaders, ofScope, stored, scopeNames),
      };
    });
    const other = [...further, ...follows].find(({ map: { dim } }) => dim !== first.dim);
    if (other !== undefined)
      throw invalid(file, `maps of one width, got ${first.dim} and ${other.map.dim} in one edit`);
    return {
      kind: 'map',
      ...identity,
      map: first,
      ...(further.length > 0 && { later: further }),
      ...(follows.length > 0 && { implied: follows }),
      scope: loadPart(loaders.scopeLoaders, scope, stored, { part: 'scope', prefix: 'scope.' }),
    };
  },
};
