import { DataType, decodeModel, encodeModel, tensorInfo, type OnnxGraph, type OnnxNode } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { SplitDecoder } from './decoder-sessions.js';
import type { ModelConfig } from './model-config.js';

/** Names under which graphs carry the residual stream after a block. */
const RESIDUAL_NAMES = [
  (layer: number): string => `resid_post.${layer}`,
  (layer: number): string => `/model/layers.${layer}/Add_1_output_0`,
];

function producer(graph: OnnxGraph, name: string): OnnxNode | undefined {
  return graph.nodes.find((node) => node.outputs.includes(name));
}

/** The nodes between the LM head's matrix as stored and the MatMul that uses it. */
function weightPath(graph: OnnxGraph, name: string): { nodes: OnnxNode[]; weight: string } {
  const node = producer(graph, name);
  if (!node) return { nodes: [], weight: name };
  const { nodes, weight } = weightPath(graph, node.inputs[0]!);
  return { nodes: [...nodes, node], weight };
}

/**
 * Cuts a decoder graph before its LM head.
 *
 * @throws {SakeError} `unsupported` when the logits do not come from a MatMul or the residual stream has no known name.
 */
export function splitDecoder(bytes: Uint8Array, config: ModelConfig): SplitDecoder {
  const model = decodeModel(bytes);
  const { graph } = model;
  const last = producer(graph, 'logits');
  if (last?.opType !== 'MatMul')
    throw new SakeError(
      'unsupported',
      `loadCausalLM: expected logits from a MatMul, got ${last?.opType ?? 'no output of that name'}`,
    );
  const [hidden, matrixName] = last.inputs as [string, string];
  const { nodes, weight } = weightPath(graph, matrixName);
  const named = RESIDUAL_NAMES.find((name) => producer(graph, name(0)));
  if (!named)
    throw new SakeError(
      'unsupported',
      'loadCausalLM: expected a named residual stream, got none that is known',
    );
  const residuals = Array.from({ length: config.layers }, (_, layer) => named(layer));
  const states = [hidden, ...residuals].map((name) =>
    tensorInfo(name, DataType.FLOAT, ['batch_size', 'sequence_length', config.hiddenSize]),
  );
  return {
    hidden,
    residuals,
    body: encodeModel({
      ...model,
      graph: {
        ...graph,
        nodes: graph.nodes.filter((node) => node !== last),
        outputs: [...graph.outputs.filter(({ name }) => name !== 'logits'), ...states],
      },
    }),
    head: encodeModel({
      ...model,
      graph: {
        ...graph,
        nodes: [...nodes, last],
        initializers: graph.initializers.filter(({ name }) => name === weight),
        inputs: [tensorInfo(hidden, DataType.FLOAT, ['rows', config.hiddenSize])],
        outputs: [tensorInfo('logits', DataType.FLOAT, ['rows', config.vocabularySize])],
        valueInfo: [],
      },
    }),
  };
}
