import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type Edit,
  isSakeError,
  type LaterMap,
  type Loader,
  readSafetensors,
  SakeError,
  type SafetensorsFile,
  type SafetensorsTensor,
  type Scope,
  type StoredTensor,
  type TensorBundle,
  type TransportMap,
  writeSafetensors,
} from '@sakejs/spec';
import { checkEditId, isEditId } from './edit-id.js';
import { fromHeader, invalid, type PartMetadata, toHeader } from './edit-metadata.js';

/** What turns stored maps and scopes back into live ones, one loader a kind. */
export interface EditLoaders {
  readonly mapLoaders: readonly Loader<TransportMap>[];
  readonly scopeLoaders: readonly Loader<Scope>[];
}

/**
 * An edit as the bytes of a safetensors file; equal edits give equal bytes.
 *
 * Tensors `map.*`, `scope.*` and, for maps of later tokens, `later.<n>.*`; request, provenance, kinds, versions, settings and the modules that offer the
 * kinds stand in the header as JSON texts, with a SHA-256 over everything else as `digest`.
 *
 * @throws {SakeError} `unknown-kind` when no loader could read the edit again, `invalid-input` for an id that is no
 * safe file name or for settings that JSON cannot hold.
 */
export function encodeEdit(edit: Edit, loaders: EditLoaders): Uint8Array<ArrayBuffer> {
  checkEditId(edit.id, 'encodeEdit');
  const map = edit.map.toTensors();
  const scope = edit.scope.toTensors();
  const later = edit.later?.map(({ after, map: further }) => ({ after, bundle: further.toTensors() })) ?? [];
  const { id, request, provenance } = edit;
  const file = {
    tensors: {
      ...storedTensors(map, 'map.'),
      ...storedTensors(scope, 'scope.'),
      ...Object.fromEntries(
        later.flatMap(({ bundle }, at) => Object.entries(storedTensors(bundle, laterPrefix(at)))),
      ),
    },
    metadata: toHeader({
      id,
      request,
      provenance,
      map: partMetadata(map, loaders.mapLoaders, 'map'),
      scope: partMetadata(scope, loaders.scopeLoaders, 'scope'),
      ...(later.length > 0 && {
        later: later.map(({ after, bundle }) => ({
          ...partMetadata(bundle, loaders.mapLoaders, 'later map'),
          after,
        })),
      }),
    }),
  };
  return writeSafetensors({ ...file, metadata: { ...file.metadata, digest: digestOf(file) } });
}

/**
 * An edit from the bytes of its file; `file` names it in errors.
 *
 * @throws {SakeError} `invalid-file` for bytes that are truncated, damaged or not an edit, `unknown-kind` when no
 * loader reads its map or scope (the message names the module that does), `unsupported` for a newer version.
 */
export function decodeEdit(bytes: Uint8Array, loaders: EditLoaders, file: string): Edit {
  const { tensors, metadata } = read(bytes, file);
  const { digest, ...header } = metadata;
  const { id, request, provenance, map, scope, later = [] } = fromHeader(header, file);
  if (digest !== digestOf({ tensors, metadata: header }))
    throw invalid(file, 'contents that match their digest, got other contents');
  if (!isEditId(id)) throw invalid(file, `an id that is a safe file name, got ${JSON.stringify(id)}`);
  const prefixes = ['map.', 'scope.', ...later.map((_, at) => laterPrefix(at))];
  const stray = Object.keys(tensors).find((name) => !prefixes.some((prefix) => name.startsWith(prefix)));
  if (stray !== undefined)
    throw invalid(file, `tensors named ${prefixes.join('*, ')}*, got ${JSON.stringify(stray)}`);
  const first = load(loaders.mapLoaders, map, bundleTensors(tensors, 'map.', file), 'map', file);
  const further = later.map((part, at): LaterMap => {
    const own = bundleTensors(tensors, laterPrefix(at), file);
    return { after: part.after, map: load(loaders.mapLoaders, part, own, 'later map', file) };
  });
  const other = further.find(({ map: { dim } }) => dim !== first.dim);
  if (other !== undefined)
    throw invalid(file, `maps of one width, got ${first.dim} and ${other.map.dim} for later tokens`);
  return {
    kind: 'map',
    id,
    request,
    map: first,
    ...(further.length > 0 && { later: further }),
    scope: load(loaders.scopeLoaders, scope, bundleTensors(tensors, 'scope.', file), 'scope', file),
    provenance,
  };
}

function read(bytes: Uint8Array, file: string): SafetensorsFile {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    throw invalid(file, `a safetensors file, got: ${messageOf(cause)}`, cause);
  }
}

const laterPrefix = (at: number): string => `later.${at}.`;

const digestOf = (file: SafetensorsFile): string =>
  createHash('sha256').update(writeSafetensors(file)).digest('hex');

function partMetadata(bundle: TensorBundle, loaders: readonly Loader<unknown>[], part: string): PartMetadata {
  const { kind, version, meta } = bundle;
  const loader = loaders.find((candidate) => candidate.kind === kind);
  if (loader === undefined)
    throw new SakeError(
      'unknown-kind',
      `encodeEdit: expected a loader for ${part} kind '${kind}', got loaders for ${kindsOf(loaders)}; pass the loader of the module that made it, or the file could not be read again`,
      { details: { kind } },
    );
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(meta)), meta))
    throw new SakeError(
      'invalid-input',
      `encodeEdit: expected settings of ${part} kind '${kind}' that JSON holds exactly, got others (NaN, Infinity, -0 or undefined); store them as tensors`,
      { details: { kind, meta } },
    );
  return { kind, version, module: loader.module, meta };
}

function storedTensors(bundle: TensorBundle, prefix: string): Record<string, SafetensorsTensor> {
  return Object.fromEntries(
    Object.entries(bundle.tensors).map(([name, { shape, data }]): [string, SafetensorsTensor] => {
      const dtype = data instanceof Float64Array ? 'F64' : data instanceof Float32Array ? 'F32' : 'I32';
      return [prefix + name, { dtype, shape, data }];
    }),
  );
}

function bundleTensors(
  tensors: SafetensorsFile['tensors'],
  prefix: string,
  file: string,
): Record<string, StoredTensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    own.map(([name, { dtype, shape, data }]): [string, StoredTensor] => {
      if (!(data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array))
        throw invalid(file, `F32, F64 or I32 values in tensor ${JSON.stringify(name)}, got ${dtype}`);
      return [name.slice(prefix.length), { shape, data }];
    }),
  );
}

function load<T>(
  loaders: readonly Loader<T>[],
  { kind, version, module, meta }: PartMetadata,
  tensors: Record<string, StoredTensor>,
  part: string,
  file: string,
): T {
  const loader = loaders.find((candidate) => candidate.kind === kind);
  const details = { file, kind, module };
  if (loader === undefined)
    throw new SakeError(
      'unknown-kind',
      `edit file ${file}: expected a ${part} of kind ${kindsOf(loaders)}, got '${kind}'; it is offered by '${module}': pass that module's loader`,
      { details },
    );
  if (version > loader.version)
    throw new SakeError(
      'unsupported',
      `edit file ${file}: expected ${part} kind '${kind}' up to version ${loader.version}, got ${version}; install a newer '${module}'`,
      { details },
    );
  try {
    return loader.load({ kind, version, tensors, meta });
  } catch (cause) {
    throw invalid(file, `a ${part} that '${loader.module}' can load, got: ${messageOf(cause)}`, cause);
  }
}

const kindsOf = (loaders: readonly Loader<unknown>[]): string =>
  loaders.map(({ kind }) => `'${kind}'`).join(', ') || 'none';

const messageOf = (cause: unknown): string =>
  isSakeError(cause) || cause instanceof Error ? cause.message : String(cause);
