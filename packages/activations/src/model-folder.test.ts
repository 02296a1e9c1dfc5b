import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashFiles, readModelFolder, readTokenizerFiles } from './model-folder.js';

const fixture = fileURLToPath(new URL('../test/fixtures/qwen2-optimum', import.meta.url));
let root: string;
let made = 0;

/** A copy of the fixture that a test may spoil. */
async function copyOfFixture(): Promise<string> {
  const folder = join(root, String(made++));
  await mkdir(folder);
  for (const file of await readdir(fixture)) await copyFile(join(fixture, file), join(folder, file));
  return folder;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-model-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('readModelFolder', () => {
  it('reads what describes the graph', async () => {
    const folder = await readModelFolder(fixture);
    expect(folder.modelFile).toBe(join(fixture, 'model.onnx'));
    expect(folder.stated).toMatchObject({
      file: join(fixture, 'config.json'),
      config: { model_type: 'qwen2', hidden_size: 64 },
      generation: { eos_token_id: 2 },
      tokenizerLimit: 1e30,
    });
    expect(folder.stated).not.toHaveProperty('genai');
  });

  it('finds the graph in onnx/ as well', async () => {
    const folder = await copyOfFixture();
    await mkdir(join(folder, 'onnx'));
    await copyFile(join(folder, 'model.onnx'), join(folder, 'onnx', 'model.onnx'));
    expect((await readModelFolder(folder)).modelFile).toBe(join(folder, 'onnx', 'model.onnx'));
  });

  it('reads a folder with a graph alone', async () => {
    const folder = await copyOfFixture();
    for (const name of await readdir(folder)) if (name.endsWith('.json')) await rm(join(folder, name));
    expect((await readModelFolder(folder)).stated).toEqual({ file: join(folder, 'config.json') });
  });

  it('names a missing model.onnx', async () => {
    const folder = await copyOfFixture();
    await rm(join(folder, 'model.onnx'));
    await expect(readModelFolder(folder)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('model.onnx'),
    });
  });

  it('refuses a folder that is none', async () => {
    await expect(readModelFolder(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(readModelFolder(join(fixture, 'config.json'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('reads configs that begin with a byte order mark', async () => {
    const folder = await copyOfFixture();
    await writeFile(join(folder, 'genai_config.json'), '\uFEFF{"model": {"type": "marked"}}');
    await writeFile(join(folder, 'config.json'), '\uFEFF{"model_type": "marked"}');
    const { stated } = await readModelFolder(folder);
    expect([stated.genai?.type, stated.config?.['model_type']]).toEqual(['marked', 'marked']);
  });

  it.each(['config.json', 'tokenizer_config.json', 'generation_config.json', 'genai_config.json'])(
    'names a %s that is no JSON object',
    async (file) => {
      const folder = await copyOfFixture();
      for (const text of ['{', '[]']) {
        await writeFile(join(folder, file), text);
        await expect(readModelFolder(folder)).rejects.toMatchObject({
          code: 'invalid-file',
          message: expect.stringContaining(file),
        });
      }
    },
  );
});

describe('readModelFolder of a graph in a folder below', () => {
  /** The fixture's graph in cpu/int4, with whatever else is named there too. */
  async function nested(names: readonly string[]): Promise<string> {
    const folder = await copyOfFixture();
    await mkdir(join(folder, 'cpu', 'int4'), { recursive: true });
    for (const name of ['model.onnx', ...names])
      await rename(join(folder, name), join(folder, 'cpu', 'int4', name));
    return folder;
  }
  const file = 'cpu/int4/model.onnx';

  it('reads what the folder lacks from beside the graph', async () => {
    const folder = await nested(['config.json', 'tokenizer_config.json']);
    const { stated, places } = await readModelFolder(folder, { file });
    expect(places).toEqual([folder, join(folder, 'cpu', 'int4')]);
    expect(stated).toMatchObject({
      file: join(folder, 'cpu', 'int4', 'config.json'),
      config: { model_type: 'qwen2' },
      generation: { eos_token_id: 2 },
      generationFile: join(folder, 'generation_config.json'),
      tokenizerLimit: 1e30,
    });
  });

  it('reads what both have from the folder', async () => {
    const folder = await nested([]);
    const below = join(folder, 'cpu', 'int4');
    await writeFile(join(below, 'config.json'), '{"model_type": "below"}');
    await writeFile(join(below, 'genai_config.json'), '{"model": {"type": "below"}}');
    const { stated } = await readModelFolder(folder, { file });
    expect([stated.config?.['model_type'], stated.genai?.type]).toEqual(['qwen2', 'below']);
    await writeFile(join(folder, 'genai_config.json'), '{"model": {"type": "above"}}');
    expect((await readModelFolder(folder, { file })).stated.genai?.type).toBe('above');
  });
});

describe('readTokenizerFiles', () => {
  it('reads both files', async () => {
    const { config, json, bytes, file } = await readTokenizerFiles([fixture]);
    expect(file).toBe(join(fixture, 'tokenizer.json'));
    expect(config['tokenizer_class']).toBe('PreTrainedTokenizerFast');
    expect(json).toHaveProperty('model');
    expect(Object.keys(bytes)).toEqual(['tokenizer.json', 'tokenizer_config.json']);
  });

  it('does with tokenizer.json alone', async () => {
    const folder = await copyOfFixture();
    await rm(join(folder, 'tokenizer_config.json'));
    const { config, bytes } = await readTokenizerFiles([folder]);
    expect(config).toEqual({});
    expect(Object.keys(bytes)).toEqual(['tokenizer.json']);
  });

  it('names a missing tokenizer.json and where it was looked for', async () => {
    const folder = await copyOfFixture();
    await rm(join(folder, 'tokenizer.json'));
    await expect(readTokenizerFiles([folder, join(folder, 'cpu')])).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(`tokenizer.json in ${folder} or ${join(folder, 'cpu')}`),
      details: { folder, missing: ['tokenizer.json'] },
    });
  });

  it('names a tokenizer.json that is no JSON object', async () => {
    const folder = await copyOfFixture();
    for (const text of ['{', '[]']) {
      await writeFile(join(folder, 'tokenizer.json'), text);
      await expect(readTokenizerFiles([folder])).rejects.toMatchObject({
        code: 'invalid-file',
        message: expect.stringContaining('tokenizer.json'),
      });
    }
  });
});

describe('hashFiles', () => {
  it('gives a streamed file the hash of its bytes', async () => {
    const path = join(fixture, 'model.onnx');
    const bytes = await readFile(path);
    const streamed = await hashFiles([['model.onnx', { path, size: bytes.length }]]);
    expect(streamed).toBe(await hashFiles([['model.onnx', bytes]]));
  });

  it('tells files of other names, bytes and borders apart', async () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const hashes = await Promise.all([
      hashFiles([['a', bytes('xy')]]),
      hashFiles([['b', bytes('xy')]]),
      hashFiles([['a', bytes('xz')]]),
      hashFiles([
        ['a', bytes('x')],
        ['b', bytes('y')],
      ]),
      hashFiles([
        ['a', bytes('')],
        ['b', bytes('xy')],
      ]),
    ]);
    expect(new Set(hashes).size).toBe(5);
  });
});
