import { bodyModel, encodeModel, findDecoder, findMlpProjections } from '@sakejs/onnx';
import { matrix, SakeError, throwIfAborted, type Matrix, type MlpKeyOptions } from '@sakejs/spec';
import { planBatches } from './batches.js';
import { widthOf } from './decoder-feeds.js';
import type { GradientSource } from './gradient-source.js';
import { openGraph } from './gradient-source.js';
import { runBody, type RunningBody } from './run-body.js';

/** A decoder as far as one block's MLP key. */
export interface KeyReader {
  readonly keySize: number;
  /** Keys of right-padded rows, [rows, width, keySize]. */
  read(rows: readonly (readonly number[])[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens the part of a decoder that computes the input of a block's MLP down-projection; blocks above are left out.
 *
 * @throws {SakeError} as `findMlpProjections` and `createFeeder`.
 */
export async function openKeyReader(source: GradientSource, layer: number): Promise<KeyReader> {
  const { model, folder } = await source.read();
  const map = findDecoder(
    model,
    source.hiddenTensor === undefined ? {} : { hiddenTensor: source.hiddenTensor },
  );
  const projection = findMlpProjections(model, map)[layer]!;
  const body = bodyModel(model, { outputs: [projection.key], cache: source.stepwise });
  const opened = await openGraph(source, { bytes: encodeModel(body), folder, map, own: [] });
  const running: RunningBody = {
    session: opened.session,
    feeder: opened.feeder,
    hiddenTensor: projection.key,
    residuals: undefined,
    pairs: map.cache,
    hiddenSize: projection.keySize,
    fixedRows: opened.fixedRows,
    stepwise: source.stepwise || opened.fixedLength === 1,
    keys: new Map(),
  };
  return {
    keySize: projection.keySize,
    async read(rows) {
      const leading = rows.map(() => 0);
      const states = await runBody(running, {
        rows,
        past: 0,
        leading,
        tensors: undefined,
        layers: [],
        keys: [],
        keep: false,
      });
      return states.hidden;
    },
    close: () => opened.session[Symbol.asyncDispose](),
  };
}

/** Keys of one position, or of every position, of each sequence. */
export async function readMlpKeys(
  reader: KeyReader,
  sequences: readonly (readonly number[])[],
  { positions, signal }: MlpKeyOptions,
  batchTokens: number,
): Promise<Matrix<Float32Array>> {
  const wanted = positionsOf(sequences, positions);
  const starts: number[] = [];
  let count = 0;
  for (const list of wanted) {
    starts.push(count);
    count += list.length;
  }
  const { keySize } = reader;
  const data = new Float32Array(count * keySize);
  for (const batch of planBatches(
    sequences.map((tokens) => tokens.length),
    batchTokens,
  )) {
    throwIfAborted(signal, 'mlpKeys');
    const rows = batch.map((index) => sequences[index]!);
    const keys = await reader.read(rows);
    batch.forEach((index, row) =>
      wanted[index]!.forEach((position, i) => {
        const from = (row * widthOf(rows) + position) * keySize;
        data.set(keys.subarray(from, from + keySize), (starts[index]! + i) * keySize);
      }),
    );
  }
  return matrix(count, keySize, data);
}

function positionsOf(
  sequences: readonly (readonly number[])[],
  positions: MlpKeyOptions['positions'],
): readonly (readonly number[])[] {
  if (positions === 'all') return sequences.map((tokens) => [...tokens.keys()]);
  if (positions !== undefined && positions.length !== sequences.length)
    throw new SakeError(
      'shape-mismatch',
      `mlpKeys: expected one position a prompt, got ${positions.length} for ${sequences.length} prompts`,
    );
  return sequences.map((tokens, index) => {
    const given = positions?.[index] ?? -1;
    if (!Number.isInteger(given) || given < -tokens.length || given >= tokens.length)
      throw new SakeError(
        'invalid-input',
        `mlpKeys: expected a position in [-${tokens.length}, ${tokens.length}) of prompt ${index}, got ${given}`,
      );
    return [given < 0 ? tokens.length + given : given];
  });
}
