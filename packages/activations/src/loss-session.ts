import { encodeModel, findDecoder, lossModel, type LossModel } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { openGraph, type GradientSource, type OpenedGraph } from './gradient-source.js';

/** A decoder from one block on, with a loss and its gradient. */
export interface LossSession extends OpenedGraph {
  readonly names: Pick<LossModel, 'inputs' | 'outputs'>;
  readonly layer: number;
  close(): Promise<void>;
}

/**
 * Opens the graph of a loss behind a block.
 *
 * @throws {SakeError} `unsupported` for a graph that takes one token at a time, and as `lossModel`.
 */
export async function openLossSession(source: GradientSource, layer: number): Promise<LossSession> {
  if (source.stepwise)
    throw new SakeError(
      'unsupported',
      'streamLoss: expected a graph that takes whole sequences, got one that takes one token at a time; export the ' +
        'model without a past, or with one that may be empty',
    );
  const { model, folder } = await source.read();
  const map = findDecoder(
    model,
    source.hiddenTensor === undefined ? {} : { hiddenTensor: source.hiddenTensor },
  );
  const { model: graph, inputs, outputs } = lossModel(model, layer, map);
  const own = Object.values(inputs);
  const opened = await openGraph(source, { bytes: encodeModel(graph), folder, map, own });
  return { ...opened, names: { inputs, outputs }, layer, close: () => opened.session[Symbol.asyncDispose]() };
}
