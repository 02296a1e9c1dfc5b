import { decoderLayout, plainDecoder, type OnnxModel } from '@sakejs/onnx';
import type { PlacedModel } from './external-data.js';
import type { DecoderGraph } from './split-decoder.js';

/** The graph of the first step, and the one that goes on from a cache where that is another. */
export interface DecoderGraphs {
  readonly start: DecoderGraph;
  readonly withPast?: DecoderGraph;
}

/**
 * A model's decoders as plain graphs.
 *
 * @param past the file that goes on from a cache, where the exporter wrote two. One file may hold both as well, as
 * branches of an `If`.
 * @throws {SakeError} `invalid-file` for a malformed graph, `unsupported` for an encoder-decoder.
 */
export function decoderGraphs(first: PlacedModel, past: PlacedModel | undefined): DecoderGraphs {
  const graph = (model: OnnxModel, { folder }: PlacedModel): DecoderGraph => ({ model, folder });
  if (past !== undefined)
    return {
      start: graph(plainDecoder(first.model), first),
      withPast: graph(plainDecoder(past.model), past),
    };
  if (decoderLayout(first.model).kind !== 'merged') return { start: graph(plainDecoder(first.model), first) };
  return {
    start: graph(plainDecoder(first.model, { useCache: false }), first),
    withPast: graph(plainDecoder(first.model, { useCache: true }), first),
  };
}
