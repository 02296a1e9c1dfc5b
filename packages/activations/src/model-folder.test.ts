import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModelFolder } from './model-folder.js';

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
  it('reads sizes, end tokens and files', async () => {
    const folder = await readModelFolder(fixture);
    expect(folder.config).toEqual({
      family: 'qwen2',
      vocabularySize: 320,
      hiddenSize: 64,
      layers: 3,
      keyValueHeads: 2,
      headSize: 16,
      maxPositions: 128,
      eosTokens: new Set([2]),
    });
    expect(folder.modelFile).toBe(join(fixture, 'model.onnx'));
    expect(folder.tokenizerConfig['tokenizer_class']).toBe('PreTrainedTokenizerFast');
  });

  it('finds the graph in onnx/ as well, with the same hash', async () => {
    const folder = await copyOfFixture();
    await mkdir(join(folder, 'onnx'));
    await copyFile(join(folder, 'model.onnx'), join(folder, 'onnx', 'model.onnx'));
    await rm(join(folder, 'model.onnx'));
    const read = await readModelFolder(folder);
    expect(read.modelFile).toBe(join(folder, 'onnx', 'model.onnx'));
    expect(read.sha256).toBe((await readModelFolder(fixture)).sha256);
  });

  it('gives other weights and other tokenizers another hash', async () => {
    const original = (await readModelFolder(fixture)).sha256;
    for (const file of ['model.onnx', 'tokenizer.json', 'tokenizer_config.json']) {
      const folder = await copyOfFixture();
      await writeFile(join(folder, file), '{ }');
      expect((await readModelFolder(folder)).sha256, file).not.toBe(original);
    }
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.onnx'])(
    'names a missing %s',
    async (file) => {
      const folder = await copyOfFixture();
      await rm(join(folder, file));
      await expect(readModelFolder(folder)).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining(file),
      });
    },
  );

  it('refuses a folder that is none', async () => {
    await expect(readModelFolder(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(readModelFolder(join(fixture, 'config.json'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['config.json', 'tokenizer.json', 'generation_config.json'])(
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
