import { SakeError } from '@sakejs/spec';
import type { OnnxModel } from '../ir.js';
import { CodecError, located } from './codec-error.js';
import { modelSchema } from './onnx-schema.js';
import { readMessage } from './read-message.js';

/**
 * Reads an ONNX file.
 *
 * Weights are views on `bytes`, so keep it and do not change it. Fields that this package does not know are kept and
 * written again by `encodeModel`. External data stays a reference.
 * @throws SakeError `invalid-file`, with the path of the message in `details.path`, for bytes that are truncated,
 *   damaged or not an ONNX model.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  let model: OnnxModel;
  try {
    // Plain views, also of a Buffer, whose methods differ from those of typed arrays.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    model = readMessage(plain, modelSchema) as unknown as OnnxModel;
  } catch (cause) {
    const { message, path } = cause instanceof CodecError ? cause : located(cause, 'model');
    const where = path.join('.') || 'model';
    throw new SakeError(
      'invalid-file',
      `decodeModel: ${message} in ${where}; the file is damaged or not ONNX`,
      {
        details: { path: where },
        cause,
      },
    );
  }
  if (model.opsetImports.length === 0 && model.graph.nodes.length === 0 && model.graph.outputs.length === 0)
    throw new SakeError(
      'invalid-file',
      `decodeModel: expected a graph and an operator set, got neither in ${bytes.byteLength} bytes; the file is not an ONNX model`,
      { details: { path: 'model' } },
    );
  return model;
}
