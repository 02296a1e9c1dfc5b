import { SakeError } from '@sakejs/spec';
import { int } from '../attributes.js';
import { GraphBuilder, tensorInfo, type Dimension } from '../graph-builder.js';
import { DataType, type OnnxGraph, type OnnxModel } from '../ir.js';
import { opsetVersion } from '../operator-key.js';
import { dataTypeName } from '../tensors/element-types.js';
import { LEAST_IR_VERSION } from '../surgery/body-model.js';
import { checkGraph } from '../surgery/check-graph.js';
import { findDecoder, type DecoderMap } from '../surgery/find-decoder.js';
import { HEAD_INPUT, HEAD_OUTPUT, headModel } from '../surgery/head-model.js';
import { prune } from '../surgery/prune.js';
import { freshNames, renameTensors } from '../surgery/rename-tensors.js';
import { withSums } from '../surgery/skip-norm.js';
import { copyGraph } from './copy-graph.js';
import { differentiate } from './differentiate.js';
import { inferFacts } from './facts/infer-facts.js';
import { expandFused } from './fused/expand-fused.js';
import { GradientGraph } from './gradient-graph.js';
import { raiseOperatorSet } from './raise-operator-set.js';

/** A decoder from one residual stream on, with a loss of its predictions. All names are of tensors. */
export interface LossModel {
  readonly model: OnnxModel;
  readonly inputs: {
    /** Residual stream behind the block, [batch, length, hiddenSize]. */
    readonly stream: string;
    /** INT64 [n]: the positions whose predictions count, as batch · length + position. */
    readonly rows: string;
    /** INT64 [n]: the token that each of them should predict. */
    readonly targets: string;
    /** [n]: weight of −ln p(target) at each. */
    readonly weights: string;
    /** INT64 [m]: which of the n rows have a divergence. */
    readonly divergentRows: string;
    /** [m, vocabularySize]: logarithms of the distributions q that these are compared with. */
    readonly references: string;
    /** [m]: weight of KL(q ‖ p) at each. */
    readonly forwardWeights: string;
    /** [m]: weight of KL(p ‖ q) at each. */
    readonly reverseWeights: string;
  };
  readonly outputs: {
    /** Scalar: the weighted sum of all terms, in nats. */
    readonly loss: string;
    /** [n]: −ln p(target) at each row, unweighted. */
    readonly targetLosses: string;
    /** [m]: KL(q ‖ p), unweighted. */
    readonly forward: string;
    /** [m]: KL(p ‖ q), unweighted. */
    readonly reverse: string;
    /** [m, vocabularySize]: ln p at the divergent rows. */
    readonly logProbabilities: string;
    /** [batch, length, hiddenSize]: gradient of the loss by the stream. */
    readonly streamGradient: string;
  };
}

/**
 * The blocks above one residual stream, the head, a loss, and its gradient by that stream, in one graph.
 *
 * loss = Σ wᵢ · −ln pᵢ(targetᵢ) + Σ aⱼ · KL(qⱼ ‖ pⱼ) + Σ bⱼ · KL(pⱼ ‖ qⱼ), over rows of softmax p = softmax(logits).
 * Anything that enters the model at or below the stream is differentiated from there: a vector added at a position
 * has that position's gradient g, a matrix W with rows k W added to the stream has Σ k gᵀ.
 * The head works on the n rows alone. Where the graph takes a past, it is to be fed empty.
 *
 * @param layer The block whose output is differentiated by, 0 the first.
 * @throws {SakeError} `invalid-option` for a block that the model lacks; `unsupported` for a graph that does not show
 *   its residual streams, computes in another type than FLOAT, or has an operator without a gradient rule above the
 *   block, as quantized products are: operator and node are named.
 */
export function lossModel(
  given: OnnxModel,
  layer: number,
  decoder: DecoderMap = findDecoder(given),
): LossModel {
  const place = placeOf(decoder, layer);
  const shapes = shapesOf(given.graph, decoder);
  const raised = raiseOperatorSet(given);
  const shown = { ...raised, graph: withSums(checkGraph(raised.graph), [place]) };
  const from = shown.graph.inputs.map(({ name }) => name);
  const plain = expandFused(shown, { from, except: () => false, shapes });
  const head = headModel(raised, decoder);
  const cut = cutAt(plain.graph, place, decoder);
  const builder = new GraphBuilder(cut.graph);
  const rows = builder.input(builder.unique('rows'), DataType.INT64, ['n']);
  const logits = appendHead(builder, {
    hidden: cut.hidden,
    rows,
    head: head.graph,
    hiddenSize: decoder.hiddenSize,
  });
  // Whatever the head computes in, it gives float32.
  cut.graph.valueInfo.push(tensorInfo(logits, DataType.FLOAT, ['n', decoder.vocabularySize]));
  const model = { ...plain, irVersion: Math.max(plain.irVersion, LEAST_IR_VERSION), graph: cut.graph };
  const known = { ...shapes, [cut.stream]: ['batch', 'length', decoder.hiddenSize] };
  const target = new GradientGraph({
    builder,
    facts: inferFacts(model, known),
    opset: opsetVersion(plain),
    fused: false,
  });
  const { inputs, outputs } = appendLoss(target, builder, { logits, vocabularySize: decoder.vocabularySize });
  const { model: differentiated, gradients } = differentiate(
    { ...model, graph: prune(checkGraph(cut.graph), cut.graph.outputs) },
    { seeds: { [outputs.loss]: 'ones' }, wrt: [cut.stream], shapes: known },
  );
  return {
    model: differentiated,
    inputs: { stream: cut.stream, rows, ...inputs },
    outputs: { ...outputs, streamGradient: gradients[cut.stream]! },
  };
}

/** The stream's name. */
function placeOf({ residuals, hiddenTensor, hiddenType }: DecoderMap, layer: number): string {
  if (residuals === undefined)
    throw new SakeError(
      'unsupported',
      `lossModel: expected a graph that shows its residual streams, got none on the way back from "${hiddenTensor}"; ` +
        'export it without runtime fusions',
      { details: { tensor: hiddenTensor } },
    );
  if (hiddenType !== DataType.FLOAT)
    throw new SakeError(
      'unsupported',
      `lossModel: expected a graph that computes in FLOAT, got ${dataTypeName(hiddenType)}; gradients need the float32 ` +
        'weights of the model',
      { details: { tensor: hiddenTensor } },
    );
  const place = residuals[layer];
  if (place !== undefined) return place;
  throw new SakeError(
    'invalid-option',
    `lossModel: expected a block in [0, ${residuals.length}), got ${layer}`,
    { details: { layer } },
  );
}

/** Sizes of the inputs where no past is fed: names shared, caches empty. */
function shapesOf(graph: OnnxGraph, { inputs, cache }: DecoderMap): Record<string, readonly Dimension[]> {
  const caches = new Set(cache.map(({ input }) => input));
  const tokens = ['batch', 'length'];
  const shapes: Record<string, readonly Dimension[]> = {};
  for (const name of [inputs.ids, inputs.mask, inputs.positions]) {
    const rank = graph.inputs.find((input) => input.name === name)?.type?.tensor?.shape?.length;
    if (name !== undefined && rank === 2) shapes[name] = tokens;
  }
  for (const { name, type } of graph.inputs)
    if (caches.has(name) && type?.tensor?.shape !== undefined)
      shapes[name] = type.tensor.shape.map(({ value, param = '' }): Dimension => {
        if (value !== undefined && value > 0) return value;
        if (/past/i.test(param)) return 0;
        return /^batch(_size)?$/i.test(param) ? 'batch' : param || undefined;
      });
  return shapes;
}

interface CutGraph {
  /** Can be appended to. */
  readonly graph: OnnxGraph;
  readonly stream: string;
  /** Input of the head, [batch, length, hiddenSize]. */
  readonly hidden: string;
}

/** The graph with a new input in place of a stream, as far as the head's input. */
function cutAt(graph: OnnxGraph, place: string, { hiddenTensor, hiddenSize }: DecoderMap): CutGraph {
  const stream = freshNames(graph)('stream');
  const renamed = new Map([[place, stream]]);
  const nodes = graph.nodes.map((node) =>
    node.outputs.includes(place) ? node : renameTensors(node, renamed),
  );
  // The last block's stream may be what the head reads.
  const hidden = hiddenTensor === place ? stream : hiddenTensor;
  const input = tensorInfo(stream, DataType.FLOAT, ['batch', 'length', hiddenSize]);
  const body = prune({ ...graph, nodes, inputs: [...graph.inputs, input], valueInfo: [] }, [
    tensorInfo(hidden, DataType.FLOAT),
  ]);
  return { graph: { ...copyGraph(body), outputs: [], valueInfo: [] }, stream, hidden };
}

/** Appends a head that works on chosen rows; returns their logits [n, vocabularySize]. */
function appendHead(
  builder: GraphBuilder,
  { hidden, rows, head, hiddenSize }: { hidden: string; rows: string; head: OnnxGraph; hiddenSize: number },
): string {
  const { graph } = builder;
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const stored = new Set(graph.initializers.map(({ name }) => name));
  const ends = new Map([HEAD_INPUT, HEAD_OUTPUT].map((name) => [name, builder.unique(`head/${name}`)]));
  const flat = builder.node('Reshape', [hidden, builder.int64s([-1, hiddenSize])]);
  builder.node('Gather', [flat, rows], { outputs: [ends.get(HEAD_INPUT)!] });
  // Constants that both parts compute from the same weights are computed once.
  const own = head.nodes.filter(({ outputs }) => !outputs.some((name) => made.has(name)));
  graph.nodes.push(...own.map((node) => renameTensors(node, ends)));
  graph.initializers.push(...head.initializers.filter(({ name }) => !stored.has(name)));
  return ends.get(HEAD_OUTPUT)!;
}

type LossInputs = Omit<LossModel['inputs'], 'stream' | 'rows'>;
type LossOutputs = Omit<LossModel['outputs'], 'streamGradient'>;

/** Cross-entropy of targets and divergences from given distributions, over rows of logits. */
function appendLoss(
  graph: GradientGraph,
  builder: GraphBuilder,
  { logits, vocabularySize }: { logits: string; vocabularySize: number },
): { inputs: LossInputs; outputs: LossOutputs } {
  const input = (name: string, dtype: DataType, dims: readonly Dimension[]): string =>
    graph.input(builder.unique(name), dtype, dims);
  const inputs: LossInputs = {
    targets: input('targets', DataType.INT64, ['n']),
    weights: input('target_weights', DataType.FLOAT, ['n']),
    divergentRows: input('divergent_rows', DataType.INT64, ['m']),
    references: input('references', DataType.FLOAT, ['m', vocabularySize]),
    forwardWeights: input('forward_weights', DataType.FLOAT, ['m']),
    reverseWeights: input('reverse_weights', DataType.FLOAT, ['m']),
  };
  const sum = (x: string): string => graph.op('ReduceSum', [x], { keepdims: int(0) });
  const rowSum = (x: string): string => graph.reduceSum(x, [1], false);
  const logs = graph.op('LogSoftmax', [logits], { axis: int(-1) }); // [n, v]
  const column = graph.op('Unsqueeze', [inputs.targets, graph.int64s([1])]);
  const picked = graph.op('GatherElements', [logs, column], { axis: int(1) }); // [n, 1]
  const losses = graph.op('Neg', [graph.op('Squeeze', [picked, graph.int64s([1])])]); // [n]
  const own = graph.op('Gather', [logs, inputs.divergentRows]); // [m, v]
  const gap = graph.op('Sub', [own, inputs.references]);
  const forward = graph.op('Neg', [rowSum(graph.op('Mul', [graph.op('Exp', [inputs.references]), gap]))]); // [m]
  const reverse = rowSum(graph.op('Mul', [graph.op('Exp', [own]), gap])); // [m]
  const total = graph.op('Sum', [
    sum(graph.op('Mul', [losses, inputs.weights])),
    sum(graph.op('Mul', [forward, inputs.forwardWeights])),
    sum(graph.op('Mul', [reverse, inputs.reverseWeights])),
  ]);
  const output = (tensor: string, name: string): string => graph.output(tensor, builder.unique(name));
  return {
    inputs,
    outputs: {
      loss: output(total, 'loss'),
      targetLosses: output(losses, 'target_losses'),
      forward: output(forward, 'forward_divergences'),
      reverse: output(reverse, 'reverse_divergences'),
      logProbabilities: output(own, 'log_probabilities'),
    },
  };
}
