import { tensorInfo } from '../graph-builder.js';
import type { DataType, OnnxModel, OnnxNode } from '../ir.js';
import { findDecoder, type DecoderMap } from './find-decoder.js';
import { LAYOUT_OPS } from './find-head.js';
import { GraphIndex } from './graph-index.js';
import { prune } from './prune.js';

/** Input of {@link headModel}: hidden states [n, hiddenSize]. */
export const HEAD_INPUT = 'hidden';
/** Output of {@link headModel}: [n, vocabularySize]. */
export const HEAD_OUTPUT = 'logits';

/**
 * The head alone: `hidden` [n, hiddenSize] -> `logits` [n, vocabularySize], for rows of any position and batch.
 *
 * The nodes from the hidden states on, less those that only change the layout. Weights are shared with the model.
 */
export function headModel(model: OnnxModel, decoder: DecoderMap = findDecoder(model)): OnnxModel {
  const { head, hiddenSize, vocabularySize, logits, hiddenTensor } = decoder;
  const index = new GraphIndex(model.graph);
  const renamed = new Map([[hiddenTensor, HEAD_INPUT]]);
  const nodes: OnnxNode[] = [];
  for (const node of head.path) {
    const output = node.outputs[0]!;
    if (LAYOUT_OPS.has(node.opType)) renamed.set(output, renamed.get(node.inputs[0]!) ?? node.inputs[0]!);
    else nodes.push({ ...node, inputs: node.inputs.map((name) => renamed.get(name) ?? name) });
  }
  const result = renamed.get(logits) ?? logits;
  const last = nodes.at(-1)!;
  nodes[nodes.length - 1] = {
    ...last,
    outputs: last.outputs.map((name) => (name === result ? HEAD_OUTPUT : name)),
  };
  const constants = model.graph.nodes.filter(({ outputs }) =>
    outputs.every((name) => index.isConstant(name)),
  );
  const graph = prune({ ...model.graph, nodes: [...constants, ...nodes], inputs: [], valueInfo: [] }, [
    tensorInfo(HEAD_OUTPUT, index.elementType(logits) as DataType, ['n', vocabularySize]),
  ]);
  graph.inputs.push(tensorInfo(HEAD_INPUT, index.elementType(hiddenTensor) as DataType, ['n', hiddenSize]));
  return { ...model, graph };
}
