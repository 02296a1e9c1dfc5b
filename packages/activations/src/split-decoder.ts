import {
  bodyModel,
  decodeModel,
  encodeModel,
  findDecoder,
  headModel,
  isExternal,
  type DecoderMap,
} from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';

/** A decoder graph cut before its LM head. */
export interface SplitDecoder {
  readonly map: DecoderMap;
  /** Ids, mask, positions and cache in; hidden states, residual streams and cache out. */
  readonly body: Uint8Array;
  /** Hidden states [n, d] in, logits [n, vocabulary] out. */
  readonly head: Uint8Array;
}

/**
 * Cuts a decoder graph, given as a file's bytes, before its LM head.
 *
 * @throws {SakeError} `invalid-file` for bytes that are no model, `unsupported` for a graph whose parts are not found
 * or whose weights lie in other files.
 */
export function splitDecoder(bytes: Uint8Array): SplitDecoder {
  const model = decodeModel(bytes);
  const outside = model.graph.initializers.find(isExternal);
  if (outside)
    throw new SakeError(
      'unsupported',
      `splitDecoder: expected weights within the file, got '${outside.name}' in external data; save the model as one file`,
    );
  const map = findDecoder(model);
  return {
    map,
    body: encodeModel(bodyModel(model, { outputs: [map.hiddenTensor, ...(map.residuals ?? [])] })),
    head: encodeModel(headModel(model, map)),
  };
}
