import { tensorInfo } from '../graph-builder.js';
import { DataType, type OnnxModel, type OnnxNode, type OnnxTensor } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { LEAST_IR_VERSION } from './body-model.js';
import { castNode } from './cast-node.js';
import { checkGraph } from './check-graph.js';
import { constantShape } from './constant-shape.js';
import { findDecoder, type DecoderMap } from './find-decoder.js';
import { GraphIndex } from './graph-index.js';
import { isProduct, TWO_AXES } from './head-products.js';
import { stepKind } from './head-steps.js';
import { plainDequantize } from './plain-dequantize.js';
import { prune } from './prune.js';
import { freshNames, renameTensors } from './rename-tensors.js';
import { rowStep } from './row-step.js';

/** Input of {@link headModel}: hidden states [n, hiddenSize]. */
export const HEAD_INPUT = 'hidden';
/** Output of {@link headModel}: [n, vocabularySize]. */
export const HEAD_OUTPUT = 'logits';

/**
 * The head alone: `hidden` [n, hiddenSize] -> `logits` [n, vocabularySize], for rows of any position and batch.
 *
 * The nodes from the hidden states on, less those that only change the layout or select positions. Both ends are in
 * float32 whatever the graph computes in. Weights are shared with the model.
 * @throws {SakeError} as `findDecoder`.
 */
export function headModel(model: OnnxModel, decoder: DecoderMap = findDecoder(model)): OnnxModel {
  const { head, hiddenSize, vocabularySize, logits, hiddenTensor, hiddenType } = decoder;
  const source = checkGraph(model.graph);
  const index = new GraphIndex(source);
  const fresh = freshNames(source);
  const nodes: OnnxNode[] = [];
  const added: OnnxTensor[] = [];
  const shaped = (from: string, shape: readonly number[]): string => {
    const [to, dims] = [fresh(`${from}.rows`), fresh(`${from}.shape`)];
    added.push(makeTensor(dims, [shape.length], shape, DataType.INT64));
    nodes.push(reshapeNode(from, dims, to));
    return to;
  };

  // A name of the graph's own must not stand for what the head takes and gives.
  const ends = new Map([HEAD_INPUT, HEAD_OUTPUT].map((name) => [name, fresh(name)]));
  const renamed = new Map<string, string>();
  let start = HEAD_INPUT;
  if (hiddenType !== DataType.FLOAT) {
    start = fresh(`${HEAD_INPUT}.stored`);
    nodes.push(castNode(HEAD_INPUT, start, hiddenType));
  }
  // Operators that are not known to work on plain rows get a sequence, as in the graph.
  const sequence = head.path.some((node) => !isProduct(node) && stepKind(index, node) === undefined);
  renamed.set(hiddenTensor, sequence ? shaped(start, [1, -1, hiddenSize]) : start);

  for (const node of head.path) {
    const kind = isProduct(node) ? undefined : stepKind(index, node);
    const [first = ''] = node.inputs;
    if (kind === 'layout' || kind === 'selection') {
      renamed.set(node.outputs[0]!, renamed.get(first) ?? first);
      continue;
    }
    const step = rowStep(node, kind, fresh, added);
    if (sequence && TWO_AXES.has(operatorKey(node)))
      renamed.set(first, shaped(renamed.get(first)!, [-1, hiddenSize]));
    for (const name of node.outputs) if (ends.has(name)) renamed.set(name, ends.get(name)!);
    nodes.push({
      ...step,
      inputs: step.inputs.map((name) => renamed.get(name) ?? ends.get(name) ?? name),
      outputs: node.outputs.map((name) => renamed.get(name) ?? name),
    });
  }

  let result = renamed.get(logits) ?? logits;
  if (sequence || head.path.some((node) => widensRank(index, node)))
    result = shaped(result, [-1, vocabularySize]);
  const type = index.elementType(logits);
  if (type !== DataType.FLOAT) {
    const wide = fresh(`${HEAD_OUTPUT}.wide`);
    nodes.push(castNode(result, wide, DataType.FLOAT));
    result = wide;
  }
  const toEnd = (name: string): string => (name === result ? HEAD_OUTPUT : name);
  const finished = nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(toEnd),
    outputs: node.outputs.map(toEnd),
  }));

  const constants = source.nodes
    .filter(({ outputs }) => outputs.every((name) => index.isConstant(name)))
    .flatMap((node) => plainDequantize(index, node, fresh))
    .map((node) => renameTensors(node, ends));
  const weights = source.initializers.map((tensor) =>
    ends.has(tensor.name) ? { ...tensor, name: ends.get(tensor.name)! } : tensor,
  );
  const graph = prune(
    {
      ...source,
      nodes: [...constants, ...finished],
      initializers: [...weights, ...added],
      inputs: [tensorInfo(HEAD_INPUT, DataType.FLOAT, ['n', hiddenSize])],
      valueInfo: [],
    },
    [tensorInfo(HEAD_OUTPUT, DataType.FLOAT, ['n', vocabularySize])],
  );
  return { ...model, irVersion: Math.max(model.irVersion, LEAST_IR_VERSION), graph };
}

/** Whether a constant operand of more than two axes, such as a bias [1, 1, v], would give the rows further axes. */
function widensRank(index: GraphIndex, node: OnnxNode): boolean {
  const kind = isProduct(node) ? undefined : stepKind(index, node);
  if (kind !== 'elementwise' && !isProduct(node)) return false;
  if (operatorKey(node).startsWith('com.microsoft:') && isProduct(node)) return false;
  return node.inputs.some((name) => {
    if (name === '' || !index.isConstant(name)) return false;
    const shape = constantShape(index, name);
    return shape === undefined || shape.length > 2;
  });
}

function reshapeNode(from: string, shape: string, to: string): OnnxNode {
  return { opType: 'Reshape', domain: '', name: to, inputs: [from, shape], outputs: [to], attributes: [] };
}
