import { SakeError } from '@sakejs/spec';
import { float, int, text } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { opsetVersion } from '../operator-key.js';
import { copyGraph, tensorNames } from './copy-graph.js';
import { inferFacts } from './facts/infer-facts.js';
import { GradientGraph } from './gradient-graph.js';

export interface CrossEntropyHeadOptions {
  /** Input of the head, [n, d]. `last_hidden_state` by default. */
  readonly hidden?: string;
  /** The head's matrix, [v, d]: a tensor of the graph, or the name of a new input. */
  readonly embedding: string;
  /** v, needed when `embedding` is a new input. */
  readonly vocabularySize?: number;
  /**
   * Who adds the target rows to the embedding's gradient: the caller, which is faster (default), or the graph,
   * by ScatterND.
   */
  readonly scatter?: 'caller' | 'graph';
}

/** Names of the tensors of a cross-entropy head. */
export interface CrossEntropyHead {
  readonly model: OnnxModel;
  /** Input, int64 [n]: the row of the embedding that each position should predict. */
  readonly targets: string;
  /** Input [n]: weight of each position's loss; sums to 1 for a mean, 0 for positions that do not count. */
  readonly weights: string;
  /** Output, scalar: Σ wᵢ · -ln pᵢ(targetᵢ), in nats. */
  readonly loss: string;
  /** Tensor [n, d]: the gradient of the loss by `hidden`, to seed {@link differentiate} with. Not an output. */
  readonly hiddenGradient: string;
  /**
   * Output [v, d]: the gradient of the loss by the embedding; without the target rows when the caller adds them.
   */
  readonly embeddingGradient: string;
  /** Output [n, d], when the caller scatters: row i is to be added to row targetᵢ of the embedding's gradient. */
  readonly targetRows?: string;
}

/** Probabilities below this count as this in the loss, so that no position's loss exceeds 69 nats. */
const FLOOR = 1e-30;

/**
 * Appends a softmax cross-entropy loss over a vocabulary, with its gradients in closed form.
 *
 * With P = softmax(H Eᵀ): dH = w (P E - E[target]) and dE = Pᵀ (w H) - scatter(w H at target), w on rows. So the
 * only work over [n, v] is the softmax and three matrix products; P minus one-hot is never formed.
 *
 * @throws {SakeError} `not-found` when the graph lacks `hidden`, `shape-mismatch` when it is not [n, d],
 *   `invalid-option` when a new embedding has no size.
 */
export function appendCrossEntropyHead(model: OnnxModel, options: CrossEntropyHeadOptions): CrossEntropyHead {
  const { hidden = 'last_hidden_state', embedding, scatter = 'caller' } = options;
  const original = copyGraph(model.graph);
  const known = new Set(tensorNames(original));
  if (!known.has(hidden))
    throw new SakeError(
      'not-found',
      `appendCrossEntropyHead: expected a tensor of the graph, got "${hidden}"`,
    );
  const facts = inferFacts(model);
  const builder = new GraphBuilder(original);
  const graph = new GradientGraph({ builder, facts, opset: opsetVersion(model), fused: false });
  graph.requireOpset(scatter === 'graph' ? 16 : 13, 'the cross-entropy head');
  const dims = graph.dims(hidden);
  if (dims?.length !== 2)
    throw new SakeError(
      'shape-mismatch',
      `appendCrossEntropyHead: expected "${hidden}" of shape [n, d], got ${dims ? `[${dims.join(', ')}]` : 'an unknown shape'}; flatten batch and length`,
    );
  const [n, d] = dims;
  const dtype = graph.dtype(hidden);
  if (!known.has(embedding)) {
    if (options.vocabularySize === undefined)
      throw new SakeError(
        'invalid-option',
        `appendCrossEntropyHead: expected vocabularySize for the new input "${embedding}", got none`,
      );
    graph.input(embedding, dtype, [options.vocabularySize, d]);
  }
  const targets = graph.input(builder.unique('targets'), DataType.INT64, [n]);
  const weights = graph.input(builder.unique('loss_weights'), dtype, [n]);

  const column = graph.op('Unsqueeze', [weights, graph.int64s([1])]); // [n, 1]
  const places = graph.op('Unsqueeze', [targets, graph.int64s([1])]); // [n, 1]
  const logits = graph.op('Gemm', [hidden, embedding], { transB: int(1) }); // [n, v]
  const probabilities = graph.op('Softmax', [logits], { axis: int(-1) }); // [n, v]
  const chosen = graph.op('GatherElements', [probabilities, places], { axis: int(1) }); // [n, 1]
  const logs = graph.op('Log', [graph.op('Add', [chosen, graph.scalar(FLOOR, chosen)])]);
  const loss = graph.op('Neg', [
    graph.op('ReduceSum', [graph.op('Mul', [logs, column])], { keepdims: int(0) }),
  ]);

  const mean = graph.op('Gemm', [probabilities, embedding]); // P E, [n, d]
  const difference = graph.op('Sub', [mean, graph.op('Gather', [embedding, targets])]);
  const hiddenGradient = graph.op('Mul', [difference, column]);
  const rows = graph.op('Mul', [hidden, graph.op('Neg', [column])]); // -w H, [n, d]
  const spread = graph.op('Gemm', [probabilities, rows], { transA: int(1), alpha: float(-1) }); // [v, d]
  const embeddingGradient =
    scatter === 'graph' ? graph.op('ScatterND', [spread, places, rows], { reduction: text('add') }) : spread;

  const output = (tensor: string, name: string): string => graph.output(tensor, builder.unique(name));
  const named = {
    loss: output(loss, 'loss'),
    hiddenGradient,
    embeddingGradient: output(embeddingGradient, `gradient/${embedding}`),
    ...(scatter === 'caller' ? { targetRows: output(rows, 'target_rows') } : {}),
  };
  return {
    model: { ...model, irVersion: Math.max(model.irVersion, 4), graph: original },
    targets,
    weights,
    ...named,
  };
}
