import { bodyModel, encodeModel, findDecoder, findMlpProjections, mlpOutput } from '@sakejs/onnx';
import { matrix, SakeError, throwIfAborted, type Matrix, type MlpOutputOptions } from '@sakejs/spec';
import { planBatches } from './batches.js';
import { widthOf } from './decoder-feeds.js';
import { openGraph, type GradientSource } from './gradient-source.js';
import { runBody, type RunningBody } from './run-body.js';

/** A decoder as far as one block's MLP. */
export interface OutputReader {
  /** What the MLP adds to the stream of right-padded rows, [rows, width, d]. */
  read(rows: readonly (readonly number[])[]): Promise<Float32Array>;
  readonly hiddenSize: number;
  close(): Promise<void>;
}

/**
 * Opens the part of a decoder that computes a block's MLP; blocks above are left out.
 *
 * @throws {SakeError} as `findMlpProjections`, `mlpOutput` and `createFeeder`.
 */
export async function openOutputReader(source: GradientSource, layer: number): Promise<OutputReader> {
  const { model, folder } = await source.read();
  const { hiddenTensor, stepwise } = source;
  const map = findDecoder(model, hiddenTensor === undefined ? {} : { hiddenTensor });
  const output = mlpOutput(model, findMlpProjections(model, map)[layer]!);
  // One token at a time needs the cache.
  const body = bodyModel(model, { outputs: [output], cache: stepwise });
  const opened = await openGraph(source, { bytes: encodeModel(body), folder, map, own: [] });
  const running: RunningBody = {
    session: opened.session,
    feeder: opened.feeder,
    hiddenTensor: output,
    residuals: undefined,
    pairs: map.cache,
    hiddenSize: map.hiddenSize,
    fixedRows: opened.fixedRows,
    stepwise: stepwise || opened.fixedLength === 1,
    keys: new Map(),
  };
  return {
    hiddenSize: map.hiddenSize,
    async read(rows) {
      const leading = rows.map(() => 0);
      const states = await runBody(running, {
        ...{ rows, past: 0, leading, tensors: undefined },
        ...{ layers: [], keys: [], keep: false },
      });
      return states.hidden;
    },
    close: () => opened.session[Symbol.asyncDispose](),
  };
}

/** The MLP's output at one position of each sequence, [sequences, d]. */
export async function readMlpOutputs(
  reader: OutputReader,
  sequences: readonly (readonly number[])[],
  { positions, signal }: MlpOutputOptions,
  batchTokens: number,
): Promise<Matrix<Float32Array>> {
  const at = positionsOf(sequences, positions);
  const { hiddenSize: d } = reader;
  const data = new Float32Array(sequences.length * d);
  const lengths = sequences.map((tokens) => tokens.length);
  for (const batch of planBatches(lengths, batchTokens)) {
    throwIfAborted(signal, 'mlpOutputs');
    const rows = batch.map((index) => sequences[index]!);
    const outputs = await reader.read(rows);
    batch.forEach((index, row) => {
      const from = (row * widthOf(rows) + at[index]!) * d;
      data.set(outputs.subarray(from, from + d), index * d);
    });
  }
  return matrix(sequences.length, d, data);
}

function positionsOf(
  sequences: readonly (readonly number[])[],
  positions: readonly number[] | undefined,
): readonly number[] {
  if (positions !== undefined && positions.length !== sequences.length)
    throw new SakeError(
      'shape-mismatch',
      `mlpOutputs: expected one position a prompt, got ${positions.length} for ${sequences.length} prompts`,
    );
  return sequences.map((tokens, index) => {
    const given = positions?.[index] ?? -1;
    if (!Number.isInteger(given) || given < -tokens.length || given >= tokens.length)
      throw new SakeError(
        'invalid-input',
        `mlpOutputs: expected a position in [-${tokens.length}, ${tokens.length}) of prompt ${index}, got ${given}`,
      );
    return given < 0 ? tokens.length + given : given;
  });
}
