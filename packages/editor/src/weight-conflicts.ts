import type { Matrix, Vector, WeightDelta, WeightDeltaEdit } from '@sakejs/spec';

/** What an edit does to another one's key, relative to what that one does, from which on the two are in conflict. */
export const CONFLICT = 0.5;

/** How live changes of weights get in each other's way. */
export interface WeightConflict {
  /** `key`: one moves what another was learned at. `batch`: others that it was solved for with are not live. */
  readonly kind: 'key' | 'batch';
  /** The edit that suffers. */
  readonly edit: string;
  readonly message: string;
}

/**
 * Conflicts among live changes of weights.
 *
 * Where an edit A says at which keys k it was learned, another edit B disturbs it by |ΔW_B k| / |ΔW_A k|: 0 where it
 * leaves A's answer alone, about 1 where it moves it as far as A does. Members of one batch were solved for together and
 * do not disturb each other, but are in conflict where some are gone.
 */
export function weightConflicts(edits: readonly WeightDeltaEdit[]): WeightConflict[] {
  const keys = edits.flatMap((edit) => (edit.keys ?? []).map((key): HeldKey => ({ edit, ...key })));
  const own = keys.map(({ edit, layer, key }) => normsOf(edit.deltas, layer, [key])[0]!);
  const disturbed = new Map(edits.map((edit) => [edit, [] as WeightConflict[]]));
  for (const other of edits)
    for (const [edit, ratio] of disturbances(other, keys, own))
      if (ratio > CONFLICT) disturbed.get(edit)!.push(keyConflict(edit, other, ratio));
  return [...brokenBatches(edits), ...[...disturbed.values()].flat()];
}

/** A key that an edit was learned at. */
interface HeldKey {
  readonly edit: WeightDeltaEdit;
  readonly layer: number;
  readonly key: Vector;
}

/** By how much an edit moves others at their keys at most, relative to what they do there themselves. */
function disturbances(
  other: WeightDeltaEdit,
  keys: readonly HeldKey[],
  own: readonly number[],
): Map<WeightDeltaEdit, number> {
  const worst = new Map<WeightDeltaEdit, number>();
  for (const layer of new Set(other.deltas.map((delta) => delta.layer))) {
    const at = [...keys.keys()].filter(
      (index) => keys[index]!.layer === layer && areApart(keys[index]!.edit, other),
    );
    const norms = normsOf(
      other.deltas,
      layer,
      at.map((index) => keys[index]!.key),
    );
    at.forEach((index, i) => {
      const { edit } = keys[index]!;
      const ratio = norms[i] === 0 ? 0 : norms[i]! / own[index]!;
      worst.set(edit, Math.max(worst.get(edit) ?? 0, ratio));
    });
  }
  return worst;
}

/** Whether two edits were not solved for together. */
const areApart = (edit: WeightDeltaEdit, other: WeightDeltaEdit): boolean =>
  edit !== other && (edit.batch === undefined || edit.batch.id !== other.batch?.id);

const keyConflict = ({ id }: WeightDeltaEdit, other: WeightDeltaEdit, ratio: number): WeightConflict => ({
  kind: 'key',
  edit: id,
  message: `edit '${id}': expected its key to be its own, got edit '${other.id}' that moves it by ${Number(ratio.toPrecision(2))} of what it does itself; remove one of the two, or learn both in one batch`,
});

function brokenBatches(edits: readonly WeightDeltaEdit[]): WeightConflict[] {
  const live = new Map<string, number>();
  for (const { batch } of edits) if (batch) live.set(batch.id, (live.get(batch.id) ?? 0) + 1);
  return edits.flatMap(({ id, batch }): WeightConflict[] => {
    const count = batch === undefined ? 0 : live.get(batch.id)!;
    if (batch === undefined || count === batch.size) return [];
    return [
      {
        kind: 'batch',
        edit: id,
        message: `edit '${id}': expected all ${batch.size} edits of the batch '${batch.id}', which were solved for together, got ${count} live; learn those that are left again, or bring the others back`,
      },
    ];
  });
}

/** |ΔW k| of the deltas of one block, for each key. */
function normsOf(deltas: readonly WeightDelta[], layer: number, keys: readonly Vector[]): number[] {
  const own = deltas.filter((delta) => delta.layer === layer);
  const [only] = own;
  if (only !== undefined && own.length === 1 && 'dense' in only) return denseNorms(only.dense, keys);
  return keys.map((key) => Math.hypot(...movement(own, key)));
}

/** ΔW k */
function movement(deltas: readonly WeightDelta[], key: Vector): Float64Array {
  let sum: Float64Array | undefined;
  for (const delta of deltas) {
    const moved =
      'dense' in delta ? transposedProducts(delta.dense, [key])[0]! : product(delta.u, product(delta.v, key));
    sum = sum === undefined ? moved : sum.map((value, i) => value + moved[i]!);
  }
  return sum ?? new Float64Array(0);
}

/** Keys that are multiplied while a row of the matrix is at hand. */
const TOGETHER = 4;

/** |Dᵀ k| for each key: a thousand live edits are a million products with whole weights. */
function denseNorms(dense: Matrix, keys: readonly Vector[]): number[] {
  const norms: number[] = [];
  for (let from = 0; from < keys.length; from += TOGETHER)
    for (const moved of transposedProducts(dense, keys.slice(from, from + TOGETHER)))
      norms.push(Math.sqrt(moved.reduce((sum, value) => sum + value * value, 0)));
  return norms;
}

/** M x */
function product({ rows, cols, data }: Matrix, x: Vector): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let col = 0; col < cols; col++) sum += data[row * cols + col]! * x[col]!;
    return sum;
  });
}

/** Mᵀ x for up to {@link TOGETHER} vectors. */
function transposedProducts({ rows, cols, data }: Matrix, vectors: readonly Vector[]): Float64Array[] {
  const sums = Array.from({ length: TOGETHER }, () => new Float64Array(cols));
  const [a, b, c, d] = sums as [Float64Array, Float64Array, Float64Array, Float64Array];
  const entry = (at: number, row: number): number => vectors[at]?.[row] ?? 0;
  for (let row = 0; row < rows; row++) {
    const [p, q, r, s] = [entry(0, row), entry(1, row), entry(2, row), entry(3, row)];
    for (let col = 0, at = row * cols; col < cols; col++, at++) {
      const value = data[at]!;
      a[col]! += value * p;
      b[col]! += value * q;
      c[col]! += value * r;
      d[col]! += value * s;
    }
  }
  return sums.slice(0, vectors.length);
}
