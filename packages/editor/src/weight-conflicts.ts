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
  return [...brokenBatches(edits), ...edits.flatMap((edit) => disturbedBy(edit, edits))];
}

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

function disturbedBy(edit: WeightDeltaEdit, edits: readonly WeightDeltaEdit[]): WeightConflict[] {
  const { id, keys = [], batch } = edit;
  const others = edits.filter(
    (other) => other !== edit && (batch === undefined || other.batch?.id !== batch.id),
  );
  if (others.length === 0) return [];
  const own = keys.map(({ layer, key }) => norm(movement(edit.deltas, layer, key)));
  return others.flatMap((other): WeightConflict[] => {
    const ratios = keys.map(({ layer, key }, at) => {
      const moved = norm(movement(other.deltas, layer, key));
      return moved === 0 ? 0 : moved / own[at]!;
    });
    const worst = Math.max(0, ...ratios);
    if (worst <= CONFLICT) return [];
    return [
      {
        kind: 'key',
        edit: id,
        message: `edit '${id}': expected its key to be its own, got edit '${other.id}' that moves it by ${Number(worst.toPrecision(2))} of what it does itself; remove one of the two, or learn both in one batch`,
      },
    ];
  });
}

/** ΔW k of the deltas of one block. */
function movement(deltas: readonly WeightDelta[], layer: number, key: Vector): Float64Array {
  let sum: Float64Array | undefined;
  for (const delta of deltas) {
    if (delta.layer !== layer) continue;
    const moved =
      'dense' in delta ? transposedProduct(delta.dense, key) : product(delta.u, product(delta.v, key));
    sum = sum === undefined ? moved : sum.map((value, i) => value + moved[i]!);
  }
  return sum ?? new Float64Array(0);
}

/** M x */
function product({ rows, cols, data }: Matrix, x: Vector): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let col = 0; col < cols; col++) sum += data[row * cols + col]! * x[col]!;
    return sum;
  });
}

/** Mᵀ x */
function transposedProduct({ rows, cols, data }: Matrix, x: Vector): Float64Array {
  const sum = new Float64Array(cols);
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) sum[col]! += data[row * cols + col]! * x[row]!;
  return sum;
}

const norm = (values: Float64Array): number => Math.hypot(...values);
