import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSakeError, writeSafetensors, type SafetensorsTensor } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test/checkpoints.js';
import { openCheckpoint } from './open-checkpoint.js';

const matrix: SafetensorsTensor = { dtype: 'F32', shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
const vector: SafetensorsTensor = { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3fc0, 0xc000) };

/** A folder with the given files; objects are written as JSON, tables of tensors as safetensors. */
function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'config.json'), '{"model_type":"gpt2"}');
  for (const [name, content] of Object.entries(files))
    writeFileSync(
      join(folder, name),
      content instanceof Uint8Array
        ? content
        : name.endsWith('.safetensors')
          ? writeSafetensors({ tensors: content as Record<string, SafetensorsTensor> })
          : JSON.stringify(content),
    );
  return folder;
}

/** A safetensors file of four bytes of data with any header. */
function hostile(header: unknown, length?: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + 4);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

async function refused(folder: string): Promise<{ code: string; message: string }> {
  try {
    await (await openCheckpoint(folder))[Symbol.asyncDispose]();
  } catch (error) {
    if (isSakeError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('expected an error');
}

describe('openCheckpoint', () => {
  it('reads rows of every type, widened', async () => {
    const folder = folderOf({
      'model.safetensors': {
        matrix,
        vector,
        half: { dtype: 'F16', shape: [2, 1], data: Uint16Array.of(0x3c00, 0x0001) },
        double: { dtype: 'F64', shape: [1], data: Float64Array.of(0.1) },
        buffer: { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
      },
    });
    await using checkpoint = await openCheckpoint(folder);
    expect(checkpoint.config).toEqual({ model_type: 'gpt2' });
    expect(checkpoint.tensors.get('matrix')).toMatchObject({
      dtype: 'F32',
      shape: [3, 2],
      file: join(folder, 'model.safetensors'),
    });
    expect(await checkpoint.readRows('matrix', 1, 3)).toEqual(Float32Array.of(3, 4, 5, 6));
    expect(await checkpoint.readRows('vector', 0, 2)).toEqual(Float32Array.of(1.5, -2));
    expect(await checkpoint.readRows('half', 0, 2)).toEqual(Float32Array.of(1, 2 ** -24));
    expect(await checkpoint.readRows('double', 0, 1)).toEqual(Float64Array.of(0.1));
    await expect(checkpoint.readRows('buffer', 0, 1)).rejects.toThrow('for "buffer" in');
    await expect(checkpoint.readRows('none', 0, 1)).rejects.toThrow('got "none"');
  });

  it('reads shards, tensors that the index leaves out among them', async () => {
    const folder = folderOf({
      'a.safetensors': { matrix },
      'b.safetensors': { vector, more: vector },
      'model.safetensors.index.json': { weight_map: { matrix: 'a.safetensors', vector: 'b.safetensors' } },
    });
    await using checkpoint = await openCheckpoint(folder);
    expect([...checkpoint.tensors.keys()].sort()).toEqual(['matrix', 'more', 'vector']);
    expect(await checkpoint.readRows('more', 1, 2)).toEqual(Float32Array.of(-2));
  });

  it('says so when a file has shrunk since', async () => {
    const folder = folderOf({ 'model.safetensors': { matrix } });
    await using checkpoint = await openCheckpoint(folder);
    const file = join(folder, 'model.safetensors');
    writeFileSync(file, readFileSync(file).subarray(0, -4));
    await expect(checkpoint.readRows('matrix', 2, 3)).rejects.toThrow('the file shrank');
  });

  it('names a shard that is a link to nothing, as half a download leaves it', async () => {
    const folder = folderOf({});
    symlinkSync('../../blobs/0123', join(folder, 'model.safetensors'));
    expect(await refused(folder)).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/model\.safetensors: .*link to nothing/),
    });
  });

  it('reads a config that begins with a byte order mark', async () => {
    const folder = folderOf({ 'model.safetensors': { matrix } });
    writeFileSync(join(folder, 'config.json'), '\uFEFF{"model_type":"llama"}');
    await using checkpoint = await openCheckpoint(folder);
    expect(checkpoint.config).toEqual({ model_type: 'llama' });
  });

  it('refuses folders without config.json or weights', async () => {
    expect((await refused('/nowhere/at/all')).code).toBe('not-found');
    const empty = folderOf({});
    expect((await refused(empty)).message).toContain(`in ${empty}, got neither`);
    const pickled = await refused(folderOf({ 'pytorch_model.bin': {} }));
    expect(pickled.message).toContain('only pytorch_model.bin; this reads safetensors');
    rmSync(join(empty, 'config.json'));
    expect(await refused(empty)).toMatchObject({ code: 'not-found' });
    const folder = folderOf({});
    mkdirSync(join(folder, 'model.safetensors'));
    expect((await refused(folder)).message).toContain('expected a file, got something else');
  });

  const entry = (begin: number, end: number, dtype = 'U8'): object => ({
    dtype,
    shape: [end - begin],
    data_offsets: [begin, end],
  });
  it.each([
    ['a header that passes the end', hostile({}, 1000), 'a header of 1000 bytes'],
    ['a header beyond the limit', hostile({}, 2 ** 50), 'a header of 1125899906842624 bytes'],
    [
      'overlapping tensors',
      hostile({ a: entry(0, 3), b: entry(2, 4) }),
      'tensor "b" to start at byte 3, got 2',
    ],
    ['tensors beyond the data', hostile({ a: entry(0, 9) }), 'expected 9 bytes of data, got 4'],
    ['an unknown type', hostile({ a: entry(0, 4, 'Q3') }), 'for tensor "a", got "Q3"'],
    [
      'a shape of other bytes',
      hostile({ a: { ...entry(0, 4), shape: [2 ** 52, 2 ** 52] } }),
      'for tensor "a"',
    ],
    ['a header of other bytes', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), 'expected a JSON header'],
    ['an empty file', new Uint8Array(0), 'expected at least 8 bytes, got 0'],
  ])('refuses %s, naming the file', async (_, bytes, message) => {
    const folder = folderOf({ 'model.safetensors': bytes });
    const error = await refused(folder);
    expect(error).toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(message) as string,
    });
    expect(error.message).toContain(join(folder, 'model.safetensors'));
  });

  it.each([
    ['a missing shard', { matrix: 'c.safetensors' }, 'not-found', 'got none named c.safetensors'],
    ['a path', { matrix: '../a.safetensors' }, 'invalid-file', 'for "matrix" in'],
    ['another kind of file', { matrix: 'config.json' }, 'invalid-file', 'got "config.json"'],
    [
      'a tensor in another shard',
      { matrix: 'b.safetensors', vector: 'a.safetensors' },
      'invalid-file',
      'the tensor "matrix" in',
    ],
    ['a tensor that no shard has', { other: 'a.safetensors' }, 'invalid-file', 'got it in no file'],
    [
      'a tensor in two shards',
      { matrix: 'a.safetensors', vector: 'both.safetensors' },
      'invalid-file',
      'the tensor "matrix" in one file',
    ],
    ['no tensors', {}, 'invalid-file', 'at least one tensor'],
    ['a list', ['a.safetensors'], 'invalid-file', '"weight_map"'],
  ])('refuses an index of %s', async (_, weightMap, code, message) => {
    const folder = folderOf({
      'a.safetensors': { matrix },
      'b.safetensors': { vector },
      'both.safetensors': { matrix, vector },
      'model.safetensors.index.json': { weight_map: weightMap },
    });
    const error = await refused(folder);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.message).toContain(folder);
  });
});
