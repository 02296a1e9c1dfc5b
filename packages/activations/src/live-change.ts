import { createHash, randomUUID } from 'node:crypto';
import {
  SakeError,
  type LowRankDelta,
  type Matrix,
  type ModelChange,
  type ModelInfo,
  type StreamAddition,
  type StreamHook,
  type WeightDelta,
} from '@sakejs/spec';
import type { WeightChange } from './changed-decoder.js';
import type { Decoder } from './decoder.js';
import type { GraphTensor } from './graph-session.js';

/** A change with which a view of a model runs. */
export interface LiveChange {
  readonly weights: readonly WeightDelta[];
  readonly hooks: readonly StreamHook[];
  readonly decoder: Decoder;
  /** Tells this change from others: a hash of the weights' deltas, and a name of its own for hooks. */
  readonly id: string;
  /** The part of `id` that stands for the weights. */
  readonly weightsId: string;
  /** What the hooks add to a prompt, positions counted from its first token; absent without hooks. */
  readonly additions?: (tokens: readonly number[]) => readonly StreamAddition[];
}

/** No change of any weight. */
export const noWeights: WeightChange = { lowRank: new Map(), dense: new Map() };

const WHERE = 'withChange';

/** What a change is checked against, and what runs it. */
interface Changeable {
  readonly info: ModelInfo;
  /** Whether the graph shows its residual streams. */
  readonly showsStreams: boolean;
  /** @throws {SakeError} for a block without MLP keys. */
  keySize(layer: number): number;
  decoderWith(weights: WeightChange): Decoder;
}

/**
 * A change on top of another.
 *
 * @throws {SakeError} as `LayerAccess.withChange`.
 */
export function withFurther(
  before: LiveChange | undefined,
  { weights = [], stream }: ModelChange,
  model: Changeable,
): LiveChange {
  const { info } = model;
  for (const delta of weights) checkDelta(delta, info.hiddenSize, model.keySize(delta.layer));
  if (stream !== undefined) checkHook(stream, model);
  const all = [...(before?.weights ?? []), ...weights];
  const hooks = [...(before?.hooks ?? []), ...(stream === undefined ? [] : [stream])];
  // Hooks come and go with every prompt, on top of weights that stay.
  const weightsId = before !== undefined && weights.length === 0 ? before.weightsId : hashOf(all);
  return {
    weights: all,
    hooks,
    decoder: before !== undefined && weights.length === 0 ? before.decoder : model.decoderWith(summed(all)),
    id: [weightsId, ...(hooks.length > 0 ? [randomUUID()] : [])].join(' '),
    weightsId,
    ...(hooks.length > 0 && {
      additions: (tokens) => hooks.flatMap((hook) => checkedAdditions(hook, tokens, info)),
    }),
  };
}

/** SHA-256 over deltas, the first 16 digits. */
function hashOf(weights: readonly WeightDelta[]): string {
  const hash = createHash('sha256');
  for (const delta of weights)
    for (const { rows, cols, data } of 'dense' in delta ? [delta.dense] : [delta.u, delta.v])
      hash.update(`${delta.layer} ${rows} ${cols}\0`).update(Float64Array.from(data));
  return hash.digest('hex').slice(0, 16);
}

function checkDelta(delta: WeightDelta, hiddenSize: number, keySize: number): void {
  const { layer } = delta;
  const expect = ({ rows, cols }: Matrix, shape: string, fits: boolean): void => {
    if (!fits)
      throw new SakeError(
        'shape-mismatch',
        `${WHERE}: expected ${shape} for block ${layer}, got [${rows}, ${cols}]`,
        { details: { layer, hiddenSize, keySize } },
      );
  };
  if ('dense' in delta) {
    const { dense } = delta;
    expect(
      dense,
      `a delta of [${keySize}, ${hiddenSize}]`,
      dense.rows === keySize && dense.cols === hiddenSize,
    );
  } else {
    const { u, v } = delta;
    expect(u, `U of [${hiddenSize}, rank], rank > 0,`, u.rows === hiddenSize && u.cols > 0);
    expect(v, `V of [${u.cols}, ${keySize}]`, v.rows === u.cols && v.cols === keySize);
  }
  for (const { data } of 'dense' in delta ? [delta.dense] : [delta.u, delta.v])
    for (let i = 0; i < data.length; i++)
      if (!Number.isFinite(data[i]))
        throw new SakeError(
          'numerical',
          `${WHERE}: expected finite values in the delta of block ${layer}, got ${data[i]}`,
          { details: { layer } },
        );
}

function checkHook({ layers }: StreamHook, { info, showsStreams }: Changeable): void {
  const wrong = layers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= info.layers);
  if (wrong !== undefined)
    throw new SakeError('invalid-input', `${WHERE}: expected a layer in [0, ${info.layers}), got ${wrong}`);
  if (!showsStreams)
    throw new SakeError(
      'unsupported',
      `${WHERE}: expected a graph that shows its residual streams, got one whose additions are fused into norms; ` +
        'export it without runtime fusions',
    );
}

/** What a hook adds to a prompt, positions counted from its first token. */
function checkedAdditions(
  { layers, additions }: StreamHook,
  tokens: readonly number[],
  { hiddenSize }: ModelInfo,
): StreamAddition[] {
  return additions(tokens).map(({ layer, position, values }) => {
    if (!layers.includes(layer))
      throw new SakeError(
        'invalid-input',
        `additions: expected one of the hook's layers, ${layers.join(', ') || 'none'}, got ${layer}`,
      );
    if (!Number.isInteger(position) || position < -tokens.length || position >= tokens.length)
      throw new SakeError(
        'invalid-input',
        `additions: expected a position in [-${tokens.length}, ${tokens.length}), got ${position}`,
      );
    if (values.length !== hiddenSize)
      throw new SakeError(
        'shape-mismatch',
        `additions: expected values of width ${hiddenSize}, got ${values.length}`,
      );
    return { layer, position: position < 0 ? tokens.length + position : position, values };
  });
}

/**
 * Deltas by block: low-rank ones side by side, dense ones added up. Where many edits are live, their ranks add up to more
 * work a token than the whole weight is; those of such a block are added up as well.
 */
function summed(weights: readonly WeightDelta[]): WeightChange {
  const lowRank = new Map<number, { u: GraphTensor; v: GraphTensor }>();
  const dense = new Map<number, GraphTensor>();
  for (const layer of new Set(weights.map((delta) => delta.layer))) {
    const own = weights.filter((delta) => delta.layer === layer);
    const factors = own.filter((delta) => 'u' in delta);
    const whole = own.flatMap((delta) => ('dense' in delta ? [delta.dense] : []));
    const rank = factors.reduce((sum, { u }) => sum + u.cols, 0);
    const { u, v } = factors[0] ?? {};
    const asWhole = u !== undefined && rank * (u.rows + v!.cols) > u.rows * v!.cols;
    if (asWhole) dense.set(layer, added(whole, factors));
    else {
      if (u !== undefined)
        lowRank.set(layer, {
          u: sideBySide(factors.map((delta) => delta.u)),
          v: stacked(factors.map((delta) => delta.v)),
        });
      if (whole.length > 0) dense.set(layer, added(whole, []));
    }
  }
  return { lowRank, dense };
}

const float32 = (data: Float32Array, rows: number, cols: number): GraphTensor => ({
  type: 'float32',
  dims: [rows, cols],
  data,
});

/** [d, r1], [d, r2] … -> [d, r1 + r2 …] */
function sideBySide(parts: readonly Matrix[]): GraphTensor {
  const rows = parts[0]!.rows;
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const data = new Float32Array(rows * cols);
  let from = 0;
  for (const part of parts) {
    for (let row = 0; row < rows; row++)
      for (let col = 0; col < part.cols; col++)
        data[row * cols + from + col] = part.data[row * part.cols + col]!;
    from += part.cols;
  }
  return float32(data, rows, cols);
}

/** [r1, k], [r2, k] … -> [r1 + r2 …, k] */
function stacked(parts: readonly Matrix[]): GraphTensor {
  const { cols } = parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const data = new Float32Array(rows * cols);
  let from = 0;
  for (const part of parts) {
    data.set(part.data, from);
    from += part.data.length;
  }
  return float32(data, rows, cols);
}

/** Σ D + Σ (U V)ᵀ, [k, d], summed in float64. */
function added(parts: readonly Matrix[], factors: readonly LowRankDelta[]): GraphTensor {
  const rows = parts[0]?.rows ?? factors[0]!.v.cols;
  const cols = parts[0]?.cols ?? factors[0]!.u.rows;
  const sum = new Float64Array(rows * cols);
  for (const { data } of parts) for (let i = 0; i < sum.length; i++) sum[i]! += data[i]!;
  for (const { u, v } of factors)
    for (let r = 0; r < u.cols; r++) {
      const column = Float64Array.from({ length: cols }, (_, i) => u.data[i * u.cols + r]!);
      for (let key = 0; key < rows; key++) {
        const weight = v.data[r * rows + key]!;
        for (let i = 0; i < cols; i++) sum[key * cols + i]! += weight * column[i]!;
      }
    }
  return float32(Float32Array.from(sum), rows, cols);
}
