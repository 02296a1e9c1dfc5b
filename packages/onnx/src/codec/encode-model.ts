import { SakeError } from '@sakejs/spec';
import type { OnnxGraph, OnnxModel } from '../ir.js';
import { CodecError, located } from './codec-error.js';
import { modelSchema } from './onnx-schema.js';
import type { Message } from './schema.js';
import { writeMessage } from './write-message.js';

/** Protobuf lengths are signed 32-bit in every runtime that reads the file. */
const MAX_BYTES = 2 ** 31 - 1;

/** Parts of a model; what is absent is left alone. */
export interface ModelAddition extends Partial<Omit<OnnxModel, 'graph'>> {
  graph?: Partial<OnnxGraph>;
}

/**
 * Writes an ONNX file; equal models give equal bytes.
 *
 * @throws SakeError `invalid-input`, with the path of the message in `details.path`, for a value that its field cannot
 *   hold; `unsupported` from 2 GiB on, where weights must move to external data.
 */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  return encode(model, 'encodeModel');
}

/**
 * Adds to a model file without reading it: nodes, initializers, graph outputs, metadata …
 *
 * Two protobuf messages one after the other are their union: lists are joined, single values replaced. So exposing a
 * tensor as a graph output costs a copy and a few bytes, and external data stays where it is.
 */
export function appendToModel(bytes: Uint8Array, addition: ModelAddition): Uint8Array<ArrayBuffer> {
  const added = encode(addition, 'appendToModel');
  const joined = new Uint8Array(bytes.byteLength + added.byteLength);
  joined.set(bytes);
  joined.set(added, bytes.byteLength);
  return joined;
}

function encode(message: ModelAddition, where: string): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = writeMessage(message as Message, modelSchema);
  } catch (cause) {
    const error = cause instanceof CodecError ? cause : located(cause, 'model');
    const path = error.path.join('.');
    throw new SakeError('invalid-input', `${where}: ${error.message} in ${path}`, {
      details: { path },
      cause,
    });
  }
  if (bytes.byteLength > MAX_BYTES)
    throw new SakeError(
      'unsupported',
      `${where}: expected less than 2 GiB, got ${bytes.byteLength} bytes; store large weights as external data`,
    );
  return bytes;
}
