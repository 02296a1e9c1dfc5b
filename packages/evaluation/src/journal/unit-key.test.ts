import type { Json } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';
import { unitKey } from './unit-key.js';

describe('unitKey', () => {
  it('is the SHA-256 of the canonical JSON', () => {
    // printf '{"a":[true,null],"b":"x"}' | sha256sum
    expect(unitKey({ b: 'x', a: [true, null] })).toBe(
      '53edb451f1bfdc1e8228c164bb1503e1243a96649e244a0cda421ba7e09890e9',
    );
  });

  it('does not depend on the order of fields, and does on every value', () => {
    expect(unitKey({ a: 1, b: [1, { c: 2, d: 3 }] })).toBe(unitKey({ b: [1, { d: 3, c: 2 }], a: 1 }));
    const parts: Json[] = [{ a: 1 }, { a: '1' }, { a: [1] }, { b: 1 }, { a: 1, b: null }, [1, 2], [2, 1], 1];
    parts.push('1', null, 0.1, 0.1 + 2 ** -54, 1e21, {}, []);
    expect(new Set(parts.map(unitKey)).size).toBe(parts.length);
  });

  it('refuses what JSON cannot hold, and says where it is', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const unfit = [NaN, Infinity, -Infinity, undefined, 1n, () => 1, new Date(0), new Map(), cyclic];
    for (const value of unfit)
      await expectCode(() => unitKey({ a: [{ b: value }] } as unknown as Json), 'invalid-input');
    const error = await expectCode(() => unitKey({ a: [{ b: NaN }] }), 'invalid-input');
    expect(error.message).toContain('a[0].b');
    expect(error.message).toContain('NaN');
  });
});

describe('canonicalJson', () => {
  it('parses to the very value', () => {
    const values: Json[] = [
      -0,
      5e-324,
      0.1,
      2 ** 53,
      1e300,
      'Zürich\n"\u2028\ud800',
      { '': [], b: { a: null } },
    ];
    for (const value of values) expect(JSON.parse(canonicalJson(value))).toEqual(value);
    expect(canonicalJson(JSON.parse('{"__proto__":1}') as Json)).toBe('{"__proto__":1}');
  });
});
