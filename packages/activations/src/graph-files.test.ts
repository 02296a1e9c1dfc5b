import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGraphFiles, type GraphChoice } from './graph-files.js';

let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-graph-files-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A folder with files of those names. */
async function folderWith(names: readonly string[], genai?: unknown): Promise<string> {
  const folder = join(root, String(made++));
  await mkdir(folder);
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
  if (genai !== undefined) await writeFile(join(folder, 'genai_config.json'), JSON.stringify(genai));
  return folder;
}

const precisions = ['', '_bnb4', '_fp16', '_int8', '_q4', '_q4f16', '_quantized', '_uint8'].map(
  (suffix) => `onnx/model${suffix}.onnx`,
);
const legacy = ['decoder_model', 'decoder_with_past_model', 'decoder_model_merged'].flatMap((stem) =>
  ['', '_quantized'].map((suffix) => `onnx/${stem}${suffix}.onnx`),
);
const withoutMerged = legacy.filter((name) => !name.includes('merged'));

describe('findGraphFiles', () => {
  it.each<[string, readonly string[], GraphChoice, string, string?]>([
    ['the most precise', precisions, {}, 'onnx/model.onnx'],
    [
      'the most precise there is',
      precisions.filter((name) => /q4|uint8/.test(name)),
      {},
      'onnx/model_uint8.onnx',
    ],
    ['half precision before quantized', precisions.slice(1), {}, 'onnx/model_fp16.onnx'],
    ['a dtype', precisions, { dtype: 'q4f16' }, 'onnx/model_q4f16.onnx'],
    ['what ends in _quantized as q8', precisions, { dtype: 'q8' }, 'onnx/model_quantized.onnx'],
    ['what ends in _quantized as quantized', precisions, { dtype: 'quantized' }, 'onnx/model_quantized.onnx'],
    [
      'what ends in _q8 as q8',
      ['onnx/model_q8.onnx', 'onnx/model_q4.onnx'],
      { dtype: 'q8' },
      'onnx/model_q8.onnx',
    ],
    [
      'what ends in _q8 before four bits',
      ['onnx/model_q8.onnx', 'onnx/model_q4.onnx'],
      {},
      'onnx/model_q8.onnx',
    ],
    ['onnx/ before the folder', ['model.onnx', 'onnx/model.onnx'], {}, 'onnx/model.onnx'],
    ['the folder before a lesser precision', ['model.onnx', 'onnx/model_q4.onnx'], {}, 'model.onnx'],
    ['one graph before merged ones', [...precisions, ...legacy], {}, 'onnx/model.onnx'],
    ['a merged graph before a pair', legacy, {}, 'onnx/decoder_model_merged.onnx'],
    ['a merged graph of a dtype', legacy, { dtype: 'q8' }, 'onnx/decoder_model_merged_quantized.onnx'],
    ['a pair', withoutMerged, {}, 'onnx/decoder_model.onnx', 'onnx/decoder_with_past_model.onnx'],
    [
      'a pair of a dtype',
      withoutMerged,
      { dtype: 'q8' },
      'onnx/decoder_model_quantized.onnx',
      'onnx/decoder_with_past_model_quantized.onnx',
    ],
    [
      'a pair by the first one',
      legacy,
      { file: 'onnx/decoder_model.onnx' },
      'onnx/decoder_model.onnx',
      'onnx/decoder_with_past_model.onnx',
    ],
    ['a graph with a past alone', ['decoder_with_past_model.onnx'], {}, 'decoder_with_past_model.onnx'],
    ['a graph without a past alone', ['decoder_model.onnx'], {}, 'decoder_model.onnx'],
    [
      'a named file before all',
      [...precisions, 'deep/mine.onnx'],
      { file: './deep/mine.onnx' },
      'deep/mine.onnx',
    ],
    ['the only one, whatever its name', ['past.onnx'], {}, 'past.onnx'],
    [
      'the only one, in a folder of its own',
      ['cpu_and_mobile/cpu-int4/model.onnx', 'config.json', '.cache/old/model.onnx'],
      {},
      'cpu_and_mobile/cpu-int4/model.onnx',
    ],
  ])('chooses %s', async (_, names, choice, file, withPast) => {
    const folder = await folderWith(names);
    const expected = { root: folder, file, ...(withPast && { withPast }) };
    expect(await findGraphFiles(folder, choice)).toEqual(expected);
  });

  it('follows genai_config.json unless something else is asked for', async () => {
    const genai = { model: { decoder: { filename: 'text/decoder.onnx' } } };
    const folder = await folderWith(['model.onnx', 'text/decoder.onnx'], genai);
    expect((await findGraphFiles(folder)).file).toBe('text/decoder.onnx');
    expect((await findGraphFiles(folder, { dtype: 'fp32' })).file).toBe('model.onnx');
  });

  it('takes the model folder of a file, which may be above onnx/', async () => {
    const folder = await folderWith(withoutMerged);
    expect(await findGraphFiles(join(folder, 'onnx/decoder_model.onnx'))).toEqual({
      root: folder,
      file: 'onnx/decoder_model.onnx',
      withPast: 'onnx/decoder_with_past_model.onnx',
    });
    const flat = await folderWith(['any.onnx', 'other.onnx']);
    expect(await findGraphFiles(join(flat, 'any.onnx'))).toEqual({ root: flat, file: 'any.onnx' });
  });

  it('lists what is there instead of what is not', async () => {
    const folder = await folderWith(['a.onnx', 'onnx/b.onnx', 'c.txt']);
    const variants = await folderWith(['cpu/int4/model.onnx', 'cuda/fp16/model.onnx']);
    await expect(findGraphFiles(variants)).rejects.toThrow(
      /got cpu\/int4\/model\.onnx, cuda\/fp16\/model\.onnx$/,
    );
    await expect(findGraphFiles(folder)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/got a\.onnx, onnx\/b\.onnx$/),
    });
    await expect(findGraphFiles(folder, { dtype: 'q4' })).rejects.toThrow(/model_q4\.onnx.*got a\.onnx/);
    await expect(findGraphFiles(folder, { file: 'd.onnx' })).rejects.toThrow(/d\.onnx; there are a\.onnx/);
    await expect(findGraphFiles(await folderWith([]))).rejects.toThrow(/got no \.onnx file/);
  });

  it('refuses a file outside, a dtype that is none, and a place where nothing is', async () => {
    const folder = await folderWith(['model.onnx'], { model: { decoder: { filename: '../model.onnx' } } });
    for (const file of ['../x.onnx', '/etc/passwd', '..'])
      await expect(findGraphFiles(folder, { file })).rejects.toMatchObject({ code: 'invalid-option' });
    await expect(findGraphFiles(folder)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/genai_config\.json to name a file in/),
    });
    await expect(findGraphFiles(folder, { dtype: 'q5' as 'q4' })).rejects.toMatchObject({
      code: 'invalid-option',
    });
    await expect(findGraphFiles(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(findGraphFiles('some-org/some-model')).rejects.toThrow(/hub/);
  });
});
