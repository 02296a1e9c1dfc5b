import { describe, expect, it } from 'vitest';
import type { KeyValueCache } from './decoder.js';
import { keepRows } from './key-value-cache.js';

/** Values that name their place: row · 100 + head · 10 + column. */
function cacheOf(padding: readonly number[], length: number, lead: readonly number[] = []): KeyValueCache {
  const outer = lead.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: outer }, (_, block) =>
    padding.flatMap((_, row) =>
      [0, 1].flatMap((head) =>
        Array.from({ length }, (_, column) => 1000 * block + 100 * row + 10 * head + column),
      ),
    ),
  ).flat();
  const dims = [...lead, padding.length, 2, length, 1];
  return { length, padding, tensors: { k: { type: 'float32', dims, data: Float32Array.from(values) } } };
}

describe('keepRows', () => {
  it('keeps rows in the order asked for', () => {
    const { tensors, padding, length } = keepRows(cacheOf([0, 0, 0], 2), [2, 0]);
    expect(tensors['k']).toMatchObject({
      dims: [2, 2, 2, 1],
      data: Float32Array.of(200, 201, 210, 211, 0, 1, 10, 11),
    });
    expect([padding, length]).toEqual([[0, 0], 2]);
  });

  it('drops the columns that are padding in every row kept', () => {
    const { tensors, padding, length } = keepRows(cacheOf([0, 2, 1], 3), [1, 2]);
    expect(tensors['k']).toMatchObject({
      dims: [2, 2, 2, 1],
      data: Float32Array.of(101, 102, 111, 112, 201, 202, 211, 212),
    });
    expect([padding, length]).toEqual([[1, 0], 2]);
  });

  it('takes caches with keys and values in one tensor', () => {
    const { tensors } = keepRows(cacheOf([0, 1], 2, [2]), [1]);
    expect(tensors['k']).toMatchObject({
      dims: [2, 1, 2, 1, 1],
      data: Float32Array.of(101, 111, 1101, 1111),
    });
  });

  it('takes rows and positions where the axes say they are', () => {
    // GPT-BigCode: [rows, positions, size]; row · 10 + position.
    const joined = {
      ...cacheOf([0, 1], 2),
      tensors: { k: { type: 'float32' as const, dims: [2, 2, 1], data: Float32Array.of(0, 1, 10, 11) } },
      axes: { k: { rows: 0, positions: 1 } },
    };
    expect(keepRows(joined, [1])).toMatchObject({
      length: 1,
      tensors: { k: { dims: [1, 1, 1], data: Float32Array.of(11) } },
    });
    // BLOOM's keys: [rows · heads, size, positions]; row · 100 + head · 10 + position.
    const keys = {
      ...cacheOf([0, 0], 2),
      tensors: {
        k: {
          type: 'float32' as const,
          dims: [4, 1, 2],
          data: Float32Array.of(0, 1, 10, 11, 100, 101, 110, 111),
        },
      },
      axes: { k: { rows: 0, positions: 2 } },
    };
    expect(keepRows(keys, [1]).tensors['k']).toMatchObject({
      dims: [2, 1, 2],
      data: Float32Array.of(100, 101, 110, 111),
    });
  });

  it('keeps the element type', () => {
    const cache = cacheOf([0, 0], 1);
    const half = Uint16Array.of(1, 2, 3, 4);
    const { tensors } = keepRows(
      { ...cache, tensors: { k: { type: 'float16', dims: [2, 2, 1, 1], data: half } } },
      [1],
    );
    expect(tensors['k']).toEqual({ type: 'float16', dims: [1, 2, 1, 1], data: Uint16Array.of(3, 4) });
  });

  it('leaves the cache it came from as it was', () => {
    const cache = cacheOf([1, 0], 2);
    keepRows(cache, [0]);
    expect(cache).toEqual(cacheOf([1, 0], 2));
  });

  it('refuses tensors whose rows or positions it does not find', () => {
    const cache = cacheOf([0, 0], 2);
    for (const dims of [
      [2, 2, 2],
      [3, 1, 2, 1],
      [2, 2, 1, 2],
    ])
      expect(() =>
        keepRows({ ...cache, tensors: { k: { type: 'float32', dims, data: new Float32Array(8) } } }, [0]),
      ).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
