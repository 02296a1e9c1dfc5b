import type { SakeError, StateKind } from '@sakejs/spec';
import { tensorInfo } from '../graph-builder.js';
import { DataType, type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxValueInfo } from '../ir.js';
import { addToTensors } from './add-to-tensors.js';
import { LEAST_IR_VERSION } from './body-model.js';
import { checkGraph } from './check-graph.js';
import { findBlockStates } from './find-block-states.js';
import { findDecoder, type DecoderMap } from './find-decoder.js';
import { GraphIndex } from './graph-index.js';
import { makeNodes, type NodeMaker } from './make-nodes.js';
import { freshNames } from './rename-tensors.js';
import { skipBias, skipNormOf } from './skip-norm.js';

/** A state that can be put back, and the graph inputs that do it. */
export interface RestorableState {
  readonly kind: StateKind;
  /** The block, 0 the first; of the stream also -1, in front of the first block. */
  readonly layer: number;
  /** The state's tensor, [batch, length, hiddenSize]. */
  readonly tensor: string;
  /** BOOL [batch, length, 1]: where the state is put back. */
  readonly mask: string;
  /** FLOAT [1, length, hiddenSize]: what is put there. */
  readonly values: string;
}

export interface RestorableModel {
  /** Tensors keep their names and hold what they are after all changes. */
  readonly model: OnnxModel;
  /** FLOAT [batch, length, hiddenSize], added to the stream in front of the first block. */
  readonly noise: string;
  /** Token embeddings, as `findBlockStates` gives them. */
  readonly tokenEmbeddings: string;
  readonly states: readonly RestorableState[];
  /** Why states of a kind cannot be told. */
  readonly missing: ReadonlyMap<StateKind, SakeError>;
}

/**
 * A decoder that takes noise on its embeddings, and values that its states are put back to, as further inputs.
 *
 * A state where its mask holds is exactly what is given, whatever was computed; a sum that a norm with a bias adds up is
 * so to rounding. Weights are shared with the model, not copied.
 * @throws {SakeError} as `findBlockStates`.
 */
export function restorableModel(model: OnnxModel, decoder: DecoderMap = findDecoder(model)): RestorableModel {
  const found = findBlockStates(model, decoder);
  const graph = checkGraph(model.graph);
  const fresh = freshNames(graph);
  const declared: OnnxValueInfo[] = [];
  const input = (wanted: string, type: DataType, dims: readonly (number | string)[]): string => {
    const name = fresh(wanted);
    declared.push(tensorInfo(name, type, dims));
    return name;
  };
  const d = decoder.hiddenSize;
  const noise = input('embedding_noise', DataType.FLOAT, ['batch_size', 'sequence_length', d]);
  const state = (kind: StateKind, layer: number, tensor: string): RestorableState => ({
    ...{ kind, layer, tensor },
    mask: input(`restore.${kind}.${layer}`, DataType.BOOL, ['batch_size', 'sequence_length', 1]),
    values: input(`restored.${kind}.${layer}`, DataType.FLOAT, [1, 'sequence_length', d]),
  });
  const missing = new Map<StateKind, SakeError>();
  const parts = (['attention', 'mlp'] as const).flatMap((kind) => {
    const tensors = found[kind];
    if (tensors instanceof Array) return tensors.map((tensor, layer) => state(kind, layer, tensor));
    missing.set(kind, tensors);
    return [];
  });
  const streams = [found.embedded, ...found.stream].map((tensor, i) => state('stream', i - 1, tensor));
  const noisy = addToTensors(
    graph,
    new GraphIndex(graph),
    [{ tensor: found.embedded, nodes: [], term: noise }],
    fresh,
  );
  const restored = withStates(noisy, [...streams, ...parts], fresh);
  return {
    model: {
      ...model,
      irVersion: Math.max(model.irVersion, LEAST_IR_VERSION),
      graph: checkGraph({ ...restored, inputs: [...graph.inputs, ...declared] }),
    },
    ...{ noise, tokenEmbeddings: found.tokenEmbeddings, states: [...streams, ...parts], missing },
  };
}

type Fresh = (wanted: string) => string;

/** The graph in which states are put back where their masks hold. */
function withStates(graph: OnnxGraph, states: readonly RestorableState[], fresh: Fresh): OnnxGraph {
  const index = new GraphIndex(graph);
  const nodes = graph.nodes.flatMap((node) => {
    const summed = states.find(({ tensor }) => skipNormOf(index, tensor) === node);
    const before = summed === undefined ? undefined : restoredSum(index, node, summed, fresh);
    let computed = before?.node ?? node;
    const after: OnnxNode[] = [];
    for (const state of states.filter((own) => own !== summed && node.outputs.includes(own.tensor))) {
      const plain = fresh(`${state.tensor}.computed`);
      const outputs = computed.outputs.map((name) => (name === state.tensor ? plain : name));
      computed = { ...computed, outputs };
      const make = makeNodes(fresh);
      const values = ofType(make, state.values, index.elementType(state.tensor));
      make.node('Where', [state.mask, values, plain], state.tensor);
      after.push(...make.nodes);
    }
    return [...(before?.nodes ?? []), computed, ...after];
  });
  return { ...graph, nodes };
}

/** A norm that adds first, with terms that sum up to the state where its mask holds: all of it, and the bias's opposite. */
function restoredSum(
  index: GraphIndex,
  node: OnnxNode,
  { mask, values }: RestorableState,
  fresh: Fresh,
): { readonly nodes: readonly OnnxNode[]; readonly node: OnnxNode } {
  const make = makeNodes(fresh);
  const [a, b, ...others] = node.inputs as [string, string, ...string[]];
  const state = ofType(make, values, index.elementType(a));
  const bias = skipBias(node);
  const rest = bias === undefined ? make.node('Sub', [state, state]) : make.node('Neg', [bias]);
  const inputs = [make.node('Where', [mask, state, a]), make.node('Where', [mask, rest, b]), ...others];
  return { nodes: make.nodes, node: { ...node, inputs } };
}

function ofType(make: NodeMaker, tensor: string, type: number): string {
  return type === DataType.FLOAT ? tensor : make.cast(tensor, type);
}
