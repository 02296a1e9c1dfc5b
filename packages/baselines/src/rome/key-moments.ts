import { layerAccess, SakeError, throwIfAborted, type CausalLM, type Matrix } from '@sakejs/spec';

/** Texts, as they come. */
export type Texts = Iterable<string> | AsyncIterable<string>;

/** The second moment of a block's MLP keys over a corpus: C = mean k kᵀ. */
export interface KeyMoments {
  readonly layer: number;
  /** Width of a key, d_ff. */
  readonly size: number;
  /** Keys counted: one a token. */
  readonly count: number;
  /** C [size, size], symmetric, row-major. */
  readonly moment: Float64Array;
}

export interface KeyMomentsOptions {
  readonly layer: number;
  /** Stop after the text in which so many tokens are reached. Default: no limit. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
  /** Called as texts have been read. */
  readonly onProgress?: (tokens: number) => void;
}

/** Texts that are read together. */
const BATCH = 32;

/**
 * Second moment of MLP keys at every position of every text, one pass over a stream.
 *
 * Memory O(d_ff²) whatever the corpus; d_ff² multiplications a token beside the model's own work. Texts are cut to the
 * positions that the model reads; empty ones are left out.
 *
 * @throws {SakeError} `not-enough-data` for a corpus without a token, `unsupported` for a model without MLP keys,
 *   `aborted`.
 */
export async function collectKeyMoments(
  lm: CausalLM,
  texts: Texts,
  { layer, maxTokens = Infinity, signal, onProgress }: KeyMomentsOptions,
): Promise<KeyMoments> {
  const access = layerAccess(lm, 'collectKeyMoments');
  const size = access.keySize(layer);
  const sum = new Float64Array(size * size);
  let count = 0;
  const add = async (batch: readonly (readonly number[])[]): Promise<void> => {
    throwIfAborted(signal, 'collectKeyMoments');
    const options = { layers: [layer], positions: 'all' as const, ...(signal && { signal }) };
    const keys = (await access.captureKeys(batch, options)).get(layer)!;
    addOuterProducts(sum, keys);
    count += keys.rows;
    onProgress?.(count);
  };
  let batch: (readonly number[])[] = [];
  let waiting = 0;
  for await (const text of texts) {
    const tokens = lm.encode(text).slice(0, lm.info.maxPositions);
    if (tokens.length === 0) continue;
    batch.push(tokens);
    waiting += tokens.length;
    if (batch.length < BATCH && count + waiting < maxTokens) continue;
    await add(batch);
    [batch, waiting] = [[], 0];
    if (count >= maxTokens) break;
  }
  if (batch.length > 0) await add(batch);
  if (count === 0)
    throw new SakeError('not-enough-data', 'collectKeyMoments: expected a text with a token, got none');
  return { layer, size, count, moment: meanOf(sum, size, count) };
}

/** Adds Σ k kᵀ over rows to the lower triangle of a sum, four rows at a time. */
function addOuterProducts(sum: Float64Array, { rows, cols: n, data }: Matrix): void {
  for (let r = 0; r < rows; r += 4) {
    const left = Math.min(4, rows - r);
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => (i < left ? (r + i) * n : -1)) as [
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < n; i++) {
      const at = i * n;
      const ka = data[a + i]!;
      const kb = b < 0 ? 0 : data[b + i]!;
      const kc = c < 0 ? 0 : data[c + i]!;
      const kd = d < 0 ? 0 : data[d + i]!;
      if (ka === 0 && kb === 0 && kc === 0 && kd === 0) continue;
      // Missing rows have weight 0, so any row may stand for them.
      const [sb, sc, sd] = [b < 0 ? a : b, c < 0 ? a : c, d < 0 ? a : d];
      for (let j = 0; j <= i; j++)
        sum[at + j]! += ka * data[a + j]! + kb * data[sb + j]! + kc * data[sc + j]! + kd * data[sd + j]!;
    }
  }
}

function meanOf(lower: Float64Array, size: number, count: number): Float64Array {
  const mean = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const value = lower[i * size + j]! / count;
      mean[i * size + j] = value;
      mean[j * size + i] = value;
    }
  return mean;
}
