import {
  layerAccess,
  matrix,
  row,
  SakeError,
  throwIfAborted,
  type CausalLM,
  type LowRankDelta,
  type Matrix,
} from '@sakejs/spec';
import type { KeySolver } from '../rome/key-solver.js';
import type { Memory } from './memorise.js';
import type { MemitSettings } from './memit-settings.js';
import { spreadKeys } from './spread-keys.js';

export interface MemitUpdateOptions {
  readonly settings: Pick<MemitSettings, 'layers' | 'momentWeight' | 'prefixes'>;
  /** The factored second moment of a block's keys. */
  readonly solverOf: (layer: number) => Promise<KeySolver>;
  readonly signal?: AbortSignal;
}

/** The change of one block: ΔW = U V, a column of U and a row of V for each memory. */
export interface MemitLayerUpdate extends LowRankDelta {
  /** U [d, memories] */
  readonly u: Matrix<Float32Array>;
  /** V [memories, d_ff], rows of length 1. */
  readonly v: Matrix<Float32Array>;
  /** K, the memories' keys as this block sees them once the blocks below are changed, [memories, d_ff]. */
  readonly keys: Matrix<Float32Array>;
}

const WHERE = 'memitUpdate';

/**
 * MEMIT: changes of several MLPs that together bring the stream behind the last of them to each memory's z.
 *
 * Block by block, upwards: Δ = R Kᵀ (λ C + K Kᵀ)⁻¹ with R = (z − h) / (blocks that are left, this one included), h the
 * stream behind the last block and K the keys, both read again on the model as changed so far. A key is the mean over
 * kinds of contexts: plain, and each length of prefixes.
 * Cost: a pass over all contexts a block, and `spreadKeys`.
 * Source: Meng et al., "Mass-Editing Memory in a Transformer" (arXiv 2210.07229), algorithm 1, and its public code.
 *
 * @throws {SakeError} `not-enough-data` without memories; `shape-mismatch` for a solver of another width; `numerical`;
 *   `unsupported` for a model without access to its blocks; `aborted`.
 */
export async function memitUpdate(
  lm: CausalLM,
  memories: readonly Memory[],
  { settings, solverOf, signal }: MemitUpdateOptions,
): Promise<MemitLayerUpdate[]> {
  if (memories.length === 0)
    throw new SakeError('not-enough-data', `${WHERE}: expected at least one memory, got none`);
  const { layers, momentWeight } = settings;
  const access = layerAccess(lm, WHERE);
  const updates: MemitLayerUpdate[] = [];
  let changed = lm;
  for (const [at, layer] of layers.entries()) {
    throwIfAborted(signal, WHERE);
    if (at > 0) changed = access.withChange({ weights: updates });
    const solver = await solverOf(layer);
    checkWidth(solver, access.keySize(layer), layer);
    const keys = await meanKeys(changed, memories, { layer, settings, signal });
    const missing = await missingOf(changed, memories, layers.at(-1)!, signal);
    const directions = spreadKeys(solver, keys, momentWeight);
    updates.push({ layer, keys, ...factors(missing, directions, layers.length - at) });
  }
  return updates;
}

function checkWidth({ size }: KeySolver, wanted: number, layer: number): void {
  if (size !== wanted)
    throw new SakeError(
      'shape-mismatch',
      `${WHERE}: expected moments of keys of block ${layer}, ${wanted} wide, got ${size}`,
    );
}

interface KeysOptions {
  readonly layer: number;
  readonly settings: MemitUpdateOptions['settings'];
  readonly signal: AbortSignal | undefined;
}

/** Each memory's key: the mean over kinds of contexts of the mean over contexts of a kind, [memories, d_ff]. */
async function meanKeys(
  lm: CausalLM,
  memories: readonly Memory[],
  { layer, settings, signal }: KeysOptions,
): Promise<Matrix<Float32Array>> {
  const all = memories.flatMap(({ contexts }) => contexts);
  const found = await layerAccess(lm, WHERE).captureKeys(
    all.map(({ tokens }) => tokens),
    { layers: [layer], positions: all.map(({ subject }) => subject), ...(signal && { signal }) },
  );
  const keys = found.get(layer)!;
  const mean = new Float32Array(memories.length * keys.cols);
  let first = 0;
  memories.forEach(({ contexts }, memory) => {
    const weights = contextWeights(contexts.length, settings.prefixes);
    const own = mean.subarray(memory * keys.cols, (memory + 1) * keys.cols);
    weights.forEach((weight, context) => {
      const key = row(keys, first + context);
      for (let i = 0; i < own.length; i++) own[i]! += weight * key[i]!;
    });
    first += contexts.length;
  });
  return matrix(memories.length, keys.cols, mean);
}

/** The weight of each context, plain one first: each kind has the same share. */
function contextWeights(contexts: number, prefixes: MemitUpdateOptions['settings']['prefixes']): number[] {
  const kinds = [1, ...prefixes.map(({ count }) => count).filter((count) => count > 0)];
  const planned = kinds.flatMap((count) => Array.from({ length: count }, () => 1 / (count * kinds.length)));
  if (planned.length === contexts) return planned;
  throw new SakeError(
    'shape-mismatch',
    `${WHERE}: expected ${planned.length} contexts a memory, as planned, got ${contexts}`,
  );
}

/** z − h by memory, h the stream behind the last block at the plain prompt. */
async function missingOf(
  lm: CausalLM,
  memories: readonly Memory[],
  layer: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array[]> {
  const plain = memories.map(({ contexts }) => contexts[0]!);
  const streams = await lm.capture(
    plain.map(({ tokens }) => tokens),
    { layer, positions: plain.map(({ subject }) => subject), ...(signal && { signal }) },
  );
  return memories.map(({ target }, memory) => {
    const stream = row(streams, memory);
    return target.map((x, i) => x - stream[i]!);
  });
}

/** U and V of Σ r aᵀ / left, with what makes rows of V long moved into U, so that neither overflows in float32. */
function factors(
  missing: readonly Float64Array[],
  directions: readonly Float64Array[],
  left: number,
): { readonly u: Matrix<Float32Array>; readonly v: Matrix<Float32Array> } {
  const [n, d, size] = [missing.length, missing[0]!.length, directions[0]!.length];
  const [u, v] = [new Float32Array(d * n), new Float32Array(n * size)];
  directions.forEach((direction, memory) => {
    const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
    if (!(length > 0 && Number.isFinite(length)))
      throw new SakeError(
        'numerical',
        `${WHERE}: expected a key with a direction, got one of length ${length}`,
      );
    for (let i = 0; i < size; i++) v[memory * size + i] = direction[i]! / length;
    for (let i = 0; i < d; i++) u[i * n + memory] = (missing[memory]![i]! * length) / left;
  });
  return { u: matrix(d, n, u), v: matrix(n, size, v) };
}
