import { createHash } from 'node:crypto';
import {
  type Edit,
  readSafetensors,
  SakeError,
  type SafetensorsFile,
  type SafetensorsTensor,
  writeSafetensors,
} from '@sakejs/spec';
import type { EditFormat, EditLoaders } from './edit-format.js';
import { checkEditId, isEditId } from './edit-id.js';
import { type EditHeader, fromHeader, invalid, toHeader } from './edit-metadata.js';
import { layerHookEditFormat } from './layer-hook-edit-format.js';
import { mapEditFormat } from './map-edit-format.js';
import { promptEditFormat } from './prompt-edit-format.js';
import { messageOf } from './stored-part.js';
import { weightDeltaEditFormat } from './weight-delta-edit-format.js';

/** One format for each kind of edit. */
type Formats = { readonly [Kind in Edit['kind']]: EditFormat<Extract<Edit, { kind: Kind }>> };
const formats: Formats = {
  map: mapEditFormat,
  prompt: promptEditFormat,
  'layer-hook': layerHookEditFormat,
  'weight-delta': weightDeltaEditFormat,
};

/**
 * An edit as the bytes of a safetensors file; equal edits give equal bytes.
 *
 * Tensors are named after the edit's parts: `scope.*`, for a map `map.*` and, for maps of later tokens, `later.<n>.*`;
 * for layer hooks and changes of weights see their formats.
 * Kind, request, provenance, and kinds, versions, settings and offering modules of the parts stand in the header as
 * JSON texts, with a SHA-256 over everything else as `digest`.
 *
 * @throws {SakeError} `unknown-kind` when no loader could read the edit again, `invalid-input` for an id that is no
 * safe file name or for settings that JSON cannot hold.
 */
export function encodeEdit(edit: Edit, loaders: EditLoaders): Uint8Array<ArrayBuffer> {
  checkEditId(edit.id, 'encodeEdit');
  const { version, tensors, texts } = formatOf(edit).encode(edit, loaders);
  const file: { tensors: Record<string, SafetensorsTensor>; metadata: Record<string, string> } = {
    tensors: { ...tensors },
    metadata: { ...toHeader(edit.kind, version, edit), ...texts },
  };
  return writeSafetensors({ ...file, metadata: { ...file.metadata, digest: digestOf(file) } });
}

/**
 * An edit from the bytes of its file; `file` names it in errors.
 *
 * @throws {SakeError} `invalid-file` for bytes that are truncated, damaged or not an edit, `unknown-kind` for a kind of
 * edit that this release lacks or when no loader reads its map or scope (the message names the module that does),
 * `unsupported` for a newer version.
 */
export function decodeEdit(bytes: Uint8Array, loaders: EditLoaders, file: string): Edit {
  const { tensors, metadata } = read(bytes, file);
  const { digest, ...texts } = metadata;
  const header = fromHeader(texts, file);
  const format = formatFor(header, file);
  const identity = header.identity();
  if (digest !== digestOf({ tensors, metadata: texts }))
    throw invalid(file, 'contents that match their digest, got other contents');
  if (!isEditId(identity.id))
    throw invalid(file, `an id that is a safe file name, got ${JSON.stringify(identity.id)}`);
  return format.decode({ file, version: header.version, tensors, header, identity }, loaders);
}

const formatOf = <E extends Edit>(edit: E): EditFormat<E> => formats[edit.kind] as unknown as EditFormat<E>;

/** The format of a file's kind, where it reads the file's version. */
function formatFor({ kind, version, module }: EditHeader, file: string): Formats[Edit['kind']] {
  const names = Object.keys(formats).map((name) => `'${name}'`);
  const format = Object.hasOwn(formats, kind) ? formats[kind as Edit['kind']] : undefined;
  if (format === undefined)
    throw new SakeError(
      'unknown-kind',
      `edit file ${file}: expected an edit of kind ${names.join(' or ')}, got ${JSON.stringify(kind)}; ${module === undefined ? 'a newer release of @sakejs/editor may read it' : `it is offered by '${module}', in a release newer than this one`}`,
      { details: { file, kind, ...(module !== undefined && { module }) } },
    );
  if (!format.versions.includes(version))
    throw new SakeError(
      'unsupported',
      `edit file ${file}: expected an edit of kind '${kind}' in format version ${format.versions.join(' or ')}, got version ${JSON.stringify(version)}; a newer release of @sakejs/editor may read it`,
      { details: { file, kind, version } },
    );
  return format;
}

function read(bytes: Uint8Array, file: string): SafetensorsFile {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    throw invalid(file, `a safetensors file, got: ${messageOf(cause)}`, cause);
  }
}

const digestOf = (file: SafetensorsFile): string =>
  createHash('sha256').update(writeSafetensors(file)).digest('hex');
