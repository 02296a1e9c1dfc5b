import { createHash } from 'node:crypto';
import {
  createRandom,
  type MapEdit,
  isSakeError,
  readSafetensors,
  SakeError,
  type SafetensorsFile,
  type TensorBundle,
  writeSafetensors,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { centroidLoader } from '../test/centroid.js';
import { learnCapital, loaders } from '../test/loaders.js';
import { meanShiftLoader } from '../test/mean-shift.js';
import { decodeEdit, encodeEdit } from './edit-file.js';

let edit: MapEdit;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  edit = await learnCapital('France', 'Rome');
  bytes = encodeEdit(edit, loaders);
});

/** The edit with another bundle in the place of its map's. */
function withMap(change: (bundle: TensorBundle) => TensorBundle): MapEdit {
  return { ...edit, map: { ...edit.map, toTensors: () => change(edit.map.toTensors()) } };
}

/** A loader that reads anything of a kind, so that a file of that kind can be written. */
const writerOf = (kind: string, module: string): typeof loaders => ({
  ...loaders,
  mapLoaders: [{ kind, version: 9, module, load: () => edit.map }],
});

/** The edit's file with other texts and further tensors, under a digest that fits them. */
function forge(
  change: Partial<Record<string, string>>,
  further: SafetensorsFile['tensors'] = {},
): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = readSafetensors(bytes);
  const header = { ...metadata, ...change } as Record<string, string>;
  delete header['digest'];
  const file = { tensors: { ...tensors, ...further }, metadata: header };
  const digest = createHash('sha256').update(writeSafetensors(file)).digest('hex');
  return writeSafetensors({ ...file, metadata: { ...header, digest } });
}

describe('encodeEdit', () => {
  it('gives equal bytes for equal edits, however their fields are ordered', () => {
    const { subject, prompt, targetTrue, targetNew } = edit.request;
    const shuffled = { ...edit, request: { targetNew, prompt, subject, targetTrue } };
    expect(encodeEdit(shuffled, loaders)).toEqual(bytes);
    expect(encodeEdit(decodeEdit(bytes, loaders, 'file'), loaders)).toEqual(bytes);
  });

  it('keeps request, provenance, kinds and modules as JSON texts in the header', () => {
    const { metadata, tensors } = readSafetensors(bytes);
    expect(JSON.parse(metadata['request']!)).toEqual(edit.request);
    expect(JSON.parse(metadata['provenance']!)).toEqual(edit.provenance);
    expect(JSON.parse(metadata['map']!)).toMatchObject({ kind: 'test-mean-shift', version: 1 });
    expect(JSON.parse(metadata['scope']!)).toMatchObject({ module: centroidLoader.module });
    expect(Object.keys(tensors).sort()).toEqual(['map.shift', 'scope.centre']);
  });

  it('refuses a kind that no loader could read again', async () => {
    await expectCode(() => encodeEdit(edit, { ...loaders, mapLoaders: [] }), 'unknown-kind');
  });

  it.each([NaN, Infinity, -0])('refuses a setting of %d, which JSON cannot hold', async (value) => {
    const odd = withMap((bundle) => ({ ...bundle, meta: { value } }));
    await expectCode(() => encodeEdit(odd, loaders), 'invalid-input');
  });

  it.each(['../escape', 'A', ''])('refuses the id %j', async (id) => {
    await expectCode(() => encodeEdit({ ...edit, id }, loaders), 'invalid-input');
  });
});

describe('decodeEdit', () => {
  it('gives back the edit', () => {
    const { map, scope, ...rest } = decodeEdit(bytes, loaders, 'file') as MapEdit;
    expect(rest).toEqual({ kind: 'map', id: edit.id, request: edit.request, provenance: edit.provenance });
    expect(map.toTensors()).toEqual(edit.map.toTensors());
    expect(scope.toTensors()).toEqual(edit.scope.toTensors());
  });

  it('names the module that offers an unknown kind', async () => {
    const foreign = withMap((bundle) => ({ ...bundle, kind: 'spiral' }));
    const file = encodeEdit(foreign, writerOf('spiral', '@example/spiral'));
    const error = await expectCode(() => decodeEdit(file, loaders, 'a.safetensors'), 'unknown-kind');
    expect(error.message).toContain("'spiral'");
    expect(error.message).toContain("'@example/spiral'");
    expect(error.message).toContain('a.safetensors');
  });

  it('asks for a newer module for a newer version', async () => {
    const newer = withMap((bundle) => ({ ...bundle, version: 2 }));
    const file = encodeEdit(newer, writerOf('test-mean-shift', '@example/newer'));
    const error = await expectCode(() => decodeEdit(file, loaders, 'file'), 'unsupported');
    expect(error.message).toContain("'@example/newer'");
  });

  it('refuses tensors that the loader refuses, with its reason', async () => {
    const wide = withMap((bundle) => ({
      ...bundle,
      tensors: { shift: { shape: [2, 16], data: new Float64Array(32) } },
    }));
    const file = encodeEdit(wide, loaders);
    const error = await expectCode(() => decodeEdit(file, loaders, 'file'), 'invalid-file');
    expect(error.message).toContain('[2, 16]');
  });

  it('answers whatever a loader throws with a typed error', async () => {
    const failing = {
      ...meanShiftLoader,
      load: () => {
        throw new TypeError('x is undefined');
      },
    };
    await expectCode(() => decodeEdit(bytes, { ...loaders, mapLoaders: [failing] }, 'file'), 'invalid-file');
  });

  const forgeries: readonly [string, Partial<Record<string, string>>, string][] = [
    ['another format', { format: 'model' }, "format 'sakejs-edit'"],
    ['no JSON in the request', { request: '{' }, "JSON in the header text 'request'"],
    [
      'a request with o = o*',
      { request: '{"subject":"a","prompt":"{}","targetTrue":"o","targetNew":"o"}' },
      'a new object other than the true one',
    ],
    [
      'a request with a field too many',
      { request: '{"subject":"a","prompt":"{}","targetTrue":"o","targetNew":"p","x":1}' },
      "a well-formed 'request'",
    ],
    ['a provenance of nothing', { provenance: 'null' }, "a well-formed 'provenance'"],
    ['version 2 without later maps', { formatVersion: '2' }, "header text 'later'"],
    ['no later maps in their list', { formatVersion: '2', later: '[]' }, "a well-formed 'later'"],
    ['version 3 without what follows', { formatVersion: '3' }, "header text 'implied'"],
    ['nothing that follows in its list', { formatVersion: '3', implied: '[]' }, "a well-formed 'implied'"],
    ['an id that leaves the folder', { id: '../../x' }, 'a safe file name'],
  ];
  it.each(forgeries)('refuses %s under a right digest', async (_, change, reason) => {
    const error = await expectCode(() => decodeEdit(forge(change), loaders, 'the-file'), 'invalid-file');
    expect(error.message).toContain('the-file');
    expect(error.message).toContain(reason);
  });

  it('refuses a stray tensor and a tensor of another type under a right digest', async () => {
    const eight = { dtype: 'U8', shape: [1], data: Uint8Array.of(1) } as const;
    for (const name of ['other', 'map.other'])
      await expectCode(() => decodeEdit(forge({}, { [name]: eight }), loaders, 'file'), 'invalid-file');
  });

  it('refuses a changed text under the old digest', async () => {
    const { tensors, metadata } = readSafetensors(bytes);
    const file = writeSafetensors({ tensors, metadata: { ...metadata, id: 'other-0123456789' } });
    const error = await expectCode(() => decodeEdit(file, loaders, 'file'), 'invalid-file');
    expect(error.message).toContain('digest');
  });

  it('refuses a format of the future', async () => {
    const { tensors, metadata } = readSafetensors(bytes);
    const file = writeSafetensors({ tensors, metadata: { ...metadata, formatVersion: '4' } });
    await expectCode(() => decodeEdit(file, loaders, 'file'), 'unsupported');
  });

  it('refuses a safetensors file that is no edit', async () => {
    const file = writeSafetensors({
      tensors: { weight: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } },
    });
    await expectCode(() => decodeEdit(file, loaders, 'file'), 'invalid-file');
  });

  it('refuses the file cut at any length', async () => {
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const lengths = [
      ...Array(64).keys(),
      ...Array.from({ length: 40 }, (_, index) => Math.floor((index * bytes.length) / 40)),
      header - 1,
      header,
      header + 1,
      bytes.length - 1,
    ];
    for (const length of lengths)
      await expectCode(() => decodeEdit(bytes.slice(0, length), loaders, 'file'), 'invalid-file');
  });

  it('refuses the file with bytes behind its end', async () => {
    const longer = new Uint8Array(bytes.length + 8);
    longer.set(bytes);
    await expectCode(() => decodeEdit(longer, loaders, 'file'), 'invalid-file');
  });

  it('answers every damaged file with a typed error, or loads the edit unharmed', () => {
    const random = createRandom('damage');
    let refused = 0;
    for (let round = 0; round < 1500; round++) {
      const damaged = bytes.slice();
      for (let hit = 0; hit <= random.integer(3); hit++)
        damaged[random.integer(damaged.length)] = random.integer(256);
      try {
        expect(encodeEdit(decodeEdit(damaged, loaders, 'file'), loaders)).toEqual(bytes);
      } catch (error) {
        if (!isSakeError(error)) throw error;
        expect(['invalid-file', 'unknown-kind', 'unsupported']).toContain(error.code);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1400);
  });

  it('carries a SakeError of a loader as its cause', () => {
    const reason = new SakeError('invalid-file', 'reason');
    const failing = {
      ...centroidLoader,
      load: () => {
        throw reason;
      },
    };
    expect(() => decodeEdit(bytes, { ...loaders, scopeLoaders: [failing] }, 'file')).toThrow(
      expect.objectContaining({ cause: reason }),
    );
  });
});
