import {
  matrix,
  SakeError,
  throwIfAborted,
  type CaptureKeysOptions,
  type CaptureOptions,
  type Matrix,
  type Observation,
  type ObserveOptions,
  type StreamAddition,
} from '@sakejs/spec';
import { planBatches } from './batches.js';
import type { Decoder, ForwardStates } from './decoder.js';
import { distinctSequences } from './prompt-tokens.js';

/** What reading states needs to know of the model. */
export interface StateReader {
  readonly decoder: Decoder;
  readonly hiddenSize: number;
  readonly layers: number;
  /** Most tokens, padding included, of a batch. */
  readonly batchTokens: number;
  /** What is added to a sequence's residual streams, positions counted from its first token. Default nothing. */
  readonly additions?: (tokens: readonly number[]) => readonly StreamAddition[];
}

/**
 * @throws {SakeError} `invalid-input` for a layer that the model does not have, `unsupported` when its graph shows none.
 */
export function checkLayers(
  layers: readonly number[],
  model: Pick<StateReader, 'decoder' | 'layers'>,
  where: string,
): void {
  const wrong = layers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= model.layers);
  if (wrong !== undefined)
    throw new SakeError('invalid-input', `${where}: expected a layer in [0, ${model.layers}), got ${wrong}`);
  if (layers.length > 0 && !model.decoder.showsLayers)
    throw new SakeError(
      'unsupported',
      `${where}: expected a graph that shows its residual streams, got one whose additions are fused into norms; ` +
        'export it without runtime fusions',
    );
}

/** Runs every distinct sequence once, in batches, and hands its states to each place that wants them. */
async function forEachSequence(
  reader: StateReader,
  sequences: readonly (readonly number[])[],
  options: {
    layers: readonly number[];
    keys?: readonly number[];
    signal: AbortSignal | undefined;
    where: string;
  },
  visit: (index: number, states: ForwardStates, row: number) => void,
): Promise<void> {
  const { distinct, indexOf } = distinctSequences(sequences);
  const places: number[][] = distinct.map(() => []);
  indexOf.forEach((which, index) => places[which]!.push(index));
  const lengths = distinct.map((tokens) => tokens.length);
  for (const batch of planBatches(lengths, reader.batchTokens)) {
    throwIfAborted(options.signal, options.where);
    const rows = batch.map((which) => distinct[which]!);
    const { additions } = reader;
    const states = await reader.decoder.forward(rows, {
      layers: options.layers,
      ...(options.keys && { keys: options.keys }),
      ...(additions && { additions: rows.map((tokens) => additions(tokens)) }),
    });
    batch.forEach((which, row) => places[which]!.forEach((index) => visit(index, states, row)));
  }
  throwIfAborted(options.signal, options.where);
}

/** One position's state of every sequence, [sequences, d], in their order. */
export async function captureStates(
  reader: StateReader,
  sequences: readonly (readonly number[])[],
  options: CaptureOptions,
): Promise<Matrix<Float32Array>> {
  const { layer, positions, signal } = options;
  const d = reader.hiddenSize;
  if (layer !== undefined) checkLayers([layer], reader, 'capture');
  const at = positionsOf(sequences, positions, 'capture');
  const data = new Float32Array(sequences.length * d);
  const layers = layer === undefined ? [] : [layer];
  await forEachSequence(reader, sequences, { layers, signal, where: 'capture' }, (index, states, row) => {
    const from = (row * states.width + at[index]!) * d;
    const values = layer === undefined ? states.hidden : states.layers.get(layer)!;
    data.set(values.subarray(from, from + d), index * d);
  });
  return matrix(sequences.length, d, data);
}

/** One token index a sequence, counted from its first token. */
function positionsOf(
  sequences: readonly (readonly number[])[],
  positions: readonly number[] | undefined,
  where: string,
): number[] {
  if (positions && positions.length !== sequences.length)
    throw new SakeError(
      'shape-mismatch',
      `${where}: expected one position a prompt, got ${positions.length} for ${sequences.length} prompts`,
    );
  return sequences.map((tokens, index) => {
    const position = positions?.[index] ?? -1;
    if (!Number.isInteger(position) || position < -tokens.length || position >= tokens.length)
      throw new SakeError(
        'invalid-input',
        `${where}: expected a position in [-${tokens.length}, ${tokens.length}) of prompt ${index}, got ${position}`,
      );
    return position < 0 ? tokens.length + position : position;
  });
}

/**
 * MLP keys of one position of every sequence, or of every position, a layer.
 *
 * @param keySize width of a block's keys.
 */
export async function captureKeyStates(
  reader: StateReader,
  sequences: readonly (readonly number[])[],
  options: CaptureKeysOptions,
  keySize: (layer: number) => number,
): Promise<ReadonlyMap<number, Matrix<Float32Array>>> {
  const where = 'captureKeys';
  const { positions, signal } = options;
  const sizes = new Map(options.layers.map((layer) => [layer, keySize(layer)]));
  const all = positions === 'all';
  const at = all ? sequences.map(() => 0) : positionsOf(sequences, positions, where);
  const counts = sequences.map((tokens) => (all ? tokens.length : 1));
  let rows = 0;
  const starts = counts.map((count) => (rows += count) - count);
  const keys = new Map(
    [...sizes].map(([layer, size]) => [layer, matrix(rows, size, new Float32Array(rows * size))]),
  );
  const wanted = [...sizes.keys()];
  if (wanted.length === 0) return keys;
  await forEachSequence(
    reader,
    sequences,
    { layers: [], keys: wanted, signal, where },
    (index, states, row) => {
      for (const [layer, { cols, data }] of keys) {
        const from = (row * states.width + at[index]!) * cols;
        data.set(states.keys.get(layer)!.subarray(from, from + counts[index]! * cols), starts[index]! * cols);
      }
    },
  );
  return keys;
}

/** Last-token activation and the named layers at every position, of every sequence. */
export async function observeStates(
  reader: StateReader,
  sequences: readonly (readonly number[])[],
  options: ObserveOptions,
): Promise<Observation[]> {
  const { signal } = options;
  const layers = [...new Set(options.layers ?? [])];
  const d = reader.hiddenSize;
  checkLayers(layers, reader, 'observe');
  const observations = new Array<Observation>(sequences.length);
  await forEachSequence(reader, sequences, { layers, signal, where: 'observe' }, (index, states, row) => {
    const tokens = sequences[index]!;
    const from = row * states.width * d;
    const to = from + tokens.length * d;
    observations[index] = {
      tokens,
      lastTokenActivation: states.hidden.slice(to - d, to),
      layers: new Map(
        layers.map((layer) => [layer, matrix(tokens.length, d, states.layers.get(layer)!.slice(from, to))]),
      ),
    };
  });
  return observations;
}

/** Most logits held by the runtime at once while projecting. */
const CHUNK_VALUES = 1 << 22;

/** Logits of activations, [n, d] -> [n, vocabulary]. */
export async function projectStates(reader: StateReader, hidden: Matrix): Promise<Matrix<Float32Array>> {
  const { decoder, hiddenSize: d } = reader;
  const vocabulary = decoder.vocabularySize;
  if (hidden.cols !== d)
    throw new SakeError('shape-mismatch', `project: expected activations of width ${d}, got ${hidden.cols}`);
  const values = hidden.data instanceof Float32Array ? hidden.data : Float32Array.from(hidden.data);
  const logits = new Float32Array(hidden.rows * vocabulary);
  const chunk = Math.max(1, Math.floor(CHUNK_VALUES / vocabulary));
  for (let start = 0; start < hidden.rows; start += chunk) {
    const rows = Math.min(chunk, hidden.rows - start);
    await decoder.project(
      values.subarray(start * d, (start + rows) * d),
      rows,
      logits.subarray(start * vocabulary, (start + rows) * vocabulary),
    );
  }
  return matrix(hidden.rows, vocabulary, logits);
}
