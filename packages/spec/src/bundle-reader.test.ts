import { describe, expect, it } from 'vitest';
import { openBundle } from './bundle-reader.js';
import type { TensorBundle } from './tensor-bundle.js';

const bundle: TensorBundle = {
  kind: 'example',
  version: 1,
  tensors: {
    rows: { shape: [2, 3], data: new Float64Array(6) },
    single: { shape: [1], data: new Float32Array(1) },
    counts: { shape: [1], data: new Int32Array(1) },
    broken: { shape: [2], data: Float64Array.of(1, Number.NaN) },
    short: { shape: [4], data: new Float64Array(3) },
  },
  meta: { threshold: 2.5, space: 'activation', settings: { ridge: 1 } },
};
const open = (): ReturnType<typeof openBundle> => openBundle(bundle, { kind: 'example', version: 1 });
const invalid = expect.objectContaining({ code: 'invalid-file' });

describe('openBundle', () => {
  it('reads tensors, numbers, texts and settings that are as expected', () => {
    const reader = open();
    expect(reader.float64('rows', [null, 3]).shape).toEqual([2, 3]);
    expect(reader.float('single', [1]).data).toBeInstanceOf(Float32Array);
    expect(reader.number('threshold')).toBe(2.5);
    expect(reader.text('space', ['activation', 'embedding'])).toBe('activation');
    expect(reader.settings()).toEqual({ ridge: 1 });
    expect([reader.has('rows'), reader.has('columns'), reader.has('toString')]).toEqual([true, false, false]);
  });

  it.each([
    ['a missing tensor', () => open().float64('none', [1])],
    ['an inherited name', () => open().float64('constructor', [1])],
    ['another rank', () => open().float64('rows', [6])],
    ['another size', () => open().float64('rows', [2, 4])],
    ['fewer values than its shape says', () => open().float64('short', [4])],
    ['float32 where float64 is wanted', () => open().float64('single', [1])],
    ['integers', () => open().float('counts', [1])],
    ['a value that is not finite', () => open().float('broken', [2])],
    ['a missing number', () => open().number('none')],
    ['a text for a number', () => open().number('space')],
    ['a text that is not allowed', () => open().text('space', ['embedding'])],
    ['a number for settings', () => openBundle({ ...bundle, meta: { settings: 1 } }, bundle).settings()],
    ['a nested setting', () => openBundle({ ...bundle, meta: { settings: { a: [] } } }, bundle).settings()],
    ['another kind', () => openBundle(bundle, { kind: 'other', version: 1 })],
    ['a newer version', () => openBundle({ ...bundle, version: 2 }, { kind: 'example', version: 1 })],
  ])('refuses %s', (_, act) => {
    expect(act).toThrow(invalid);
  });
});
