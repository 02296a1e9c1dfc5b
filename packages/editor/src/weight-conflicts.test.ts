import { createRandom, matrix, type WeightDeltaEdit } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { CONFLICT, weightConflicts } from './weight-conflicts.js';

const [keySize, hiddenSize] = [5, 3];
const random = createRandom('conflicts');
const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

/** An edit of blocks 0 and 1, of a whole weight below and of rank 2 above. */
function editOf(id: string): WeightDeltaEdit {
  return {
    kind: 'weight-delta',
    id,
    deltas: [
      { layer: 0, dense: matrix(keySize, hiddenSize, values(keySize * hiddenSize)) },
      {
        layer: 1,
        u: matrix(hiddenSize, 2, values(hiddenSize * 2)),
        v: matrix(2, keySize, values(2 * keySize)),
      },
    ],
    keys: [0, 1].map((layer) => ({ layer, key: values(keySize) })),
  } as Partial<WeightDeltaEdit> as WeightDeltaEdit;
}

/** |ΔW k|, entry by entry. */
function moved({ deltas }: WeightDeltaEdit, layer: number, key: ArrayLike<number>): number {
  const delta = deltas.find((each) => each.layer === layer)!;
  const entry = (k: number, i: number): number =>
    'dense' in delta
      ? delta.dense.data[k * hiddenSize + i]!
      : [0, 1].reduce((sum, r) => sum + delta.u.data[i * 2 + r]! * delta.v.data[r * keySize + k]!, 0);
  return Math.hypot(
    ...Array.from({ length: hiddenSize }, (_, i) =>
      Array.from(key).reduce((sum, x, k) => sum + x * entry(k, i), 0),
    ),
  );
}

describe('weightConflicts', () => {
  it('tells each edit that another one moves at one of its keys, and by how much', () => {
    const edits = Array.from({ length: 7 }, (_, i) => editOf(`e${i}`)); // more than are multiplied together
    const expected = edits.flatMap((edit) =>
      edits.flatMap((other) => {
        if (other === edit) return [];
        const ratios = edit.keys!.map(({ layer, key }) => moved(other, layer, key) / moved(edit, layer, key));
        const worst = Math.max(...ratios);
        return worst > CONFLICT ? [`${edit.id} ${other.id} ${Number(worst.toPrecision(2))}`] : [];
      }),
    );
    expect(expected.length).toBeGreaterThan(5);
    expect(expected.length).toBeLessThan(7 * 6);
    const told = weightConflicts(edits).map(({ edit, message }) => {
      const [, other, ratio] = /got edit '(.*)' that moves it by (\S+) of/.exec(message)!;
      return `${edit} ${other} ${ratio}`;
    });
    expect(told).toEqual(expected);
  });

  it('leaves out edits without keys, and those that were solved for together', () => {
    const [one, two] = [editOf('one'), editOf('two')];
    const batch = { id: 'both', size: 2 };
    expect(weightConflicts([one, two]).length).toBeGreaterThan(0);
    expect(weightConflicts([one, two].map((edit) => ({ ...edit, batch })))).toEqual([]);
    const keyless = [one, two].map(({ keys: _, ...edit }) => edit as WeightDeltaEdit);
    expect(weightConflicts(keyless)).toEqual([]);
    expect(weightConflicts([])).toEqual([]);
  });
});
