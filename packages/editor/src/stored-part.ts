import { isDeepStrictEqual } from 'node:util';
import {
  isSakeError,
  type Loader,
  SakeError,
  type SafetensorsFile,
  type SafetensorsTensor,
  type StoredTensor,
  type TensorBundle,
} from '@sakejs/spec';
import { invalid, type PartMetadata } from './edit-metadata.js';

/** How a loader reads a map or a scope again. @throws {SakeError} `unknown-kind`, `invalid-input`. */
export function partMetadata(
  bundle: TensorBundle,
  loaders: readonly Loader<unknown>[],
  part: string,
): PartMetadata {
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

/** A bundle's tensors under names that begin with `prefix`. */
export function storedTensors(bundle: TensorBundle, prefix: string): Record<string, SafetensorsTensor> {
  return Object.fromEntries(
    Object.entries(bundle.tensors).map(([name, { shape, data }]): [string, SafetensorsTensor] => {
      const dtype = data instanceof Float64Array ? 'F64' : data instanceof Float32Array ? 'F32' : 'I32';
      return [prefix + name, { dtype, shape, data }];
    }),
  );
}

/** @throws {SakeError} `invalid-file` for a tensor that belongs to none of an edit's parts. */
export function checkStrayTensors(
  tensors: SafetensorsFile['tensors'],
  prefixes: readonly string[],
  file: string,
): void {
  const stray = Object.keys(tensors).find((name) => !prefixes.some((prefix) => name.startsWith(prefix)));
  if (stray !== undefined)
    throw invalid(file, `tensors named ${prefixes.join('*, ')}*, got ${JSON.stringify(stray)}`);
}

/**
 * Loads a map or a scope from its meta data and the tensors whose names begin with `prefix`.
 *
 * @throws {SakeError} `unknown-kind` naming the module that offers it, `unsupported` for a newer version,
 * `invalid-file` for what the loader refuses.
 */
export function loadPart<T>(
  loaders: readonly Loader<T>[],
  { kind, version, module, meta }: PartMetadata,
  stored: { readonly tensors: SafetensorsFile['tensors']; readonly file: string },
  { part, prefix }: { readonly part: string; readonly prefix: string },
): T {
  const { file } = stored;
  const tensors = bundleTensors(stored.tensors, prefix, file);
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

/** The message of whatever was thrown. */
export const messageOf = (cause: unknown): string =>
  isSakeError(cause) || cause instanceof Error ? cause.message : String(cause);

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

const kindsOf = (loaders: readonly Loader<unknown>[]): string =>
  loaders.map(({ kind }) => `'${kind}'`).join(', ') || 'none';
