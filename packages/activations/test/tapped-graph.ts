import {
  appendToModel,
  bodyModel,
  decodeModel,
  decoderLayout,
  encodeModel,
  findDecoder,
  plainDecoder,
  tensorInfo,
  type DataType,
} from '@sakejs/onnx';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createGraphSession, type GraphSession } from '../src/graph-session.js';

/** A whole graph, head included, that also gives the hidden states which its head reads. */
export interface TappedGraph {
  readonly session: GraphSession;
  readonly hiddenTensor: string;
}

/**
 * Opens a file with a tap on the head's input: a few bytes behind the graph as its exporter wrote it. Of a decoder in a
 * branch of an `If` it is the branch of the first step, written out with its logits.
 */
export async function tapGraph(file: string): Promise<TappedGraph> {
  const bytes = await readFile(file);
  const model = decodeModel(bytes);
  const options = { threads: 1, externalDataFolder: dirname(file) };
  if (decoderLayout(model).kind !== 'plain') {
    const start = plainDecoder(model, { useCache: false });
    const { hiddenTensor, logits } = findDecoder(start);
    const whole = encodeModel(bodyModel(start, { outputs: [logits, hiddenTensor] }));
    return { session: await createGraphSession(whole, options), hiddenTensor };
  }
  const { hiddenTensor, hiddenType } = findDecoder(model);
  const tapped = appendToModel(bytes, {
    graph: { outputs: [tensorInfo(hiddenTensor, hiddenType as DataType)] },
  });
  return { session: await createGraphSession(tapped, options), hiddenTensor };
}
