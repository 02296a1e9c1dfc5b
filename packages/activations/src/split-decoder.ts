import { bodyModel, decodeModel, encodeModel, findDecoder, headModel, type DecoderMap } from '@sakejs/onnx';

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
 * @throws {SakeError} `invalid-file` for bytes that are no model, `unsupported` for a graph whose parts are not found.
 */
export function splitDecoder(bytes: Uint8Array): SplitDecoder {
  const model = decodeModel(bytes);
  const map = findDecoder(model);
  return {
    map,
    body: encodeModel(bodyModel(model, { outputs: [map.hiddenTensor, ...(map.residuals ?? [])] })),
    head: encodeModel(headModel(model, map)),
  };
}
