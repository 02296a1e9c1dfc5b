import { createGraphSession, type GraphTensor } from '@sakejs/activations';
import {
  appendCrossEntropyHead,
  buildTrainingGraph,
  differentiate,
  embeddingName,
  encodeModel,
  rotaryTables,
  trainingWeights,
  type GradientRule,
  type LlamaConfig,
} from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { LossRows } from '../corpus/choose-loss-rows.js';
import type { PackedBatch } from '../corpus/pack-batch.js';
import type { ParameterSet } from './parameters.js';

/** Forward and backward pass of one batch on ONNX Runtime. */
export interface TrainingStep {
  /** Gradients of the last batch, in the order of the parameters. */
  readonly gradients: Float32Array<ArrayBuffer>;
  /**
   * The batch's loss: mean negative natural log-likelihood over its loss weights.
   *
   * @param chosen as many rows as the option `lossRows` says; theirs are then the weights.
   * @throws {SakeError} `shape-mismatch` for another number of rows.
   */
  run(batch: PackedBatch, chosen?: LossRows): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TrainingStepOptions {
  /** Rows of a batch. */
  readonly batch: number;
  /** Tokens of a row. */
  readonly length: number;
  readonly threads: number;
  /** How many positions' loss is computed, chosen at each run. Default: all. */
  readonly lossRows?: number;
  /** Where gradients are written, for steps that share it. Default: a new array. */
  readonly gradients?: Float32Array<ArrayBuffer>;
}

/** Added to attention scores that must not count; finite, so that no row of a softmax is all -Infinity. */
const MASKED = -1e9;

/**
 * Backward pass of a Gather of distinct rows. The general rule adds, as rows might come twice, which ONNX Runtime
 * does more slowly than it overwrites.
 */
const distinctRows: GradientRule = {
  inputs: [0],
  backward({ graph, node, gradients }) {
    const [x, rows] = node.inputs as [string, string];
    const places = graph.op('Unsqueeze', [rows, graph.int64s([-1])]);
    return [graph.op('ScatterND', [graph.zerosLike(x), places, gradients[0]])];
  },
};

/**
 * The training graph of a model with its loss and gradients, over the parameters' own memory.
 *
 * Weights are read from `parameters` at each run and gradients written to one array of the same layout. Embeddings
 * are looked up and their gradients scattered here, which is several times faster than in the graph. The head
 * is the embedding (tied). With `lossRows` the head, and the last block behind its attention, see only those rows.
 */
export async function createTrainingStep(
  config: LlamaConfig,
  parameters: ParameterSet,
  { batch, length, threads, lossRows, gradients: shared }: TrainingStepOptions,
): Promise<TrainingStep> {
  const { hiddenSize, headDim, vocabularySize } = config;
  const size = batch * length;
  const rowCount = lossRows ?? size;
  const embedding = embeddingName(config);
  const weights = trainingWeights(config);
  const some = lossRows === undefined ? {} : { outputRows: lossRows };
  const body = buildTrainingGraph(config, { batch, length, fused: true, ...some });
  const head = appendCrossEntropyHead(body, { embedding, vocabularySize });
  const { model, gradients: names } = differentiate(head.model, {
    seeds: { last_hidden_state: head.hiddenGradient },
    wrt: ['inputs_embeds', ...weights.map(({ name }) => name)],
    fused: true,
    rules: new Map([['Gather', distinctRows]]),
  });
  const session = await createGraphSession(encodeModel(model), { threads, spinning: true });

  const gradients = shared ?? new Float32Array(parameters.flat.length);
  const embeds = new Float32Array(size * hiddenSize);
  const embedsGradient = new Float32Array(size * hiddenSize);
  const targetRows = new Float32Array(rowCount * hiddenSize);
  const bias = new Float32Array(size * length);
  const cos = new Float32Array(size * headDim);
  const sin = new Float32Array(size * headDim);
  const rows = new BigInt64Array(rowCount);
  const rowTargets = new Int32Array(rowCount);
  const targets = new BigInt64Array(rowCount);
  const lossWeights = new Float32Array(rowCount);
  const loss = new Float32Array(1);
  const tables = rotaryTables(
    config,
    Array.from({ length }, (_, position) => position),
  );

  const feeds: Record<string, GraphTensor> = {
    inputs_embeds: session.tensor(embeds, [batch, length, hiddenSize]),
    attention_bias: session.tensor(bias, [batch, 1, length, length]),
    rope_cos: session.tensor(cos, [batch, length, headDim]),
    rope_sin: session.tensor(sin, [batch, length, headDim]),
    [embedding]: session.tensor(parameters.view(embedding), [vocabularySize, hiddenSize]),
    [head.targets]: session.tensor(targets, [rowCount]),
    [head.weights]: session.tensor(lossWeights, [rowCount]),
    ...(lossRows === undefined ? {} : { output_rows: session.tensor(rows, [rowCount]) }),
    ...Object.fromEntries(
      weights.map(({ name, shape }) => [name, session.tensor(parameters.view(name), shape)]),
    ),
  };
  const fetches: Record<string, GraphTensor> = {
    [head.loss]: session.tensor(loss, []),
    [head.embeddingGradient]: session.tensor(parameters.view(embedding, gradients), [
      vocabularySize,
      hiddenSize,
    ]),
    [head.targetRows!]: session.tensor(targetRows, [rowCount, hiddenSize]),
    [names.inputs_embeds!]: session.tensor(embedsGradient, [batch, length, hiddenSize]),
    ...Object.fromEntries(
      weights.map(({ name, shape }) => [
        names[name]!,
        session.tensor(parameters.view(name, gradients), shape),
      ]),
    ),
  };

  return {
    gradients,
    async run({ tokens, targets: wanted, lossWeights: given, positions, segmentIds }, chosen) {
      if (chosen?.rows.length !== lossRows)
        throw new SakeError(
          'shape-mismatch',
          `run: expected ${lossRows ?? 'no'} chosen loss rows, got ${chosen?.rows.length ?? 'none'}`,
        );
      const table = parameters.view(embedding);
      for (let i = 0; i < size; i++) {
        const from = tokens[i]! * hiddenSize;
        embeds.set(table.subarray(from, from + hiddenSize), i * hiddenSize);
        const at = positions[i]! * headDim;
        cos.set(tables.cos.subarray(at, at + headDim), i * headDim);
        sin.set(tables.sin.subarray(at, at + headDim), i * headDim);
      }
      for (let i = 0; i < rowCount; i++) {
        const row = chosen ? chosen.rows[i]! : i;
        rows[i] = BigInt(row);
        rowTargets[i] = wanted[row]!;
        targets[i] = BigInt(rowTargets[i]!);
      }
      lossWeights.set(chosen?.weights ?? given);
      fillAttentionBias(bias, segmentIds, length);
      await session.run(feeds, fetches);
      const tableGradient = parameters.view(embedding, gradients);
      addRows(tableGradient, tokens, embedsGradient, hiddenSize);
      addRows(tableGradient, rowTargets, targetRows, hiddenSize);
      return loss[0]!;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** A token sees itself and what stands before it in the same segment; padding sees itself. [batch, 1, length, length] */
function fillAttentionBias(bias: Float32Array, segmentIds: Int32Array, length: number): void {
  bias.fill(MASKED);
  for (let i = 0; i < segmentIds.length; i++) {
    const start = i - (i % length);
    const segment = segmentIds[i]!;
    const line = i * length;
    bias[line + i - start] = 0;
    if (segment < 0) continue;
    for (let j = i - 1; j >= start && segmentIds[j] === segment; j--) bias[line + j - start] = 0;
  }
}

/** table[ids[i]] += rows[i] */
function addRows(table: Float32Array, ids: Int32Array, rows: Float32Array, width: number): void {
  for (let i = 0; i < ids.length; i++) {
    const to = ids[i]! * width;
    const from = i * width;
    for (let j = 0; j < width; j++) table[to + j]! += rows[from + j]!;
  }
}
