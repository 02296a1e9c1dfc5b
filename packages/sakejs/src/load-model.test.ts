import { gitFile, lfsContent, startHubServer } from '@sakejs/hub/testing';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.js';
import { loadModel } from './load-model.js';
import { writeTinyModel } from './testing/index.js';

const COMMIT = 'c'.repeat(40);

/** A Hugging Face cache that has `owner/name`. */
async function filledCache(): Promise<string> {
  const cacheDir = temporaryFolder();
  const repository = join(cacheDir, 'models--owner--name');
  await writeTinyModel(join(repository, 'snapshots', COMMIT));
  mkdirSync(join(repository, 'refs'));
  writeFileSync(join(repository, 'refs', 'main'), COMMIT);
  return cacheDir;
}

function changeDirectory(folder: string): void {
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
}

describe('loadModel', () => {
  it(
    'resolves owner/name, with or without a revision, and says which commit it is',
    { timeout: 120_000 },
    async () => {
      const hub = { cacheDir: await filledCache(), offline: true };
      for (const model of ['owner/name', `owner/name@${COMMIT}`]) {
        await using lm = await loadModel(model, { hub });
        expect(lm.info).toMatchObject({ id: `owner/name@${COMMIT}`, family: 'llama', threads: 2 });
      }
    },
  );

  it(
    'loads a graph below a folder of its own, as onnxruntime-genai repositories have them',
    { timeout: 120_000 },
    async () => {
      const folder = await writeTinyModel(temporaryFolder());
      const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
      await using server = await startHubServer();
      const variant = 'cpu_and_mobile/cpu-int4';
      server.commit('owner/name', COMMIT, {
        'config.json': gitFile(text('config.json')),
        'cuda/genai_config.json': gitFile('{"model": {"type": "cuda"}}'),
        'cuda/model.onnx': lfsContent(new TextEncoder().encode('not wanted')),
        [`${variant}/genai_config.json`]: gitFile('{"model": {"type": "llama", "context_length": 77}}'),
        [`${variant}/tokenizer.json`]: gitFile(text('tokenizer.json')),
        [`${variant}/tokenizer_config.json`]: gitFile(text('tokenizer_config.json')),
        [`${variant}/model.onnx`]: lfsContent(readFileSync(join(folder, 'onnx', 'model.onnx'))),
      });
      const hub = { endpoint: server.endpoint, cacheDir: temporaryFolder(), token: false as const };
      const file = `${variant}/model.onnx`;
      await using lm = await loadModel('owner/name', { file, hub });
      expect(lm.info).toMatchObject({ id: `owner/name@${COMMIT}`, runtime: { graph: file } });
      expect(lm.encode('the sea').length).toBeGreaterThan(0);
      expect(server.served.filter(({ path }) => path.includes('cuda'))).toEqual([]);
    },
  );

  it('takes a local folder of that name before the hub', { timeout: 120_000 }, async () => {
    changeDirectory(temporaryFolder());
    await writeTinyModel(join('owner', 'name'), { hiddenSize: 24 });
    await using lm = await loadModel('owner/name', { hub: { cacheDir: await filledCache(), offline: true } });
    expect(lm.info).toMatchObject({ id: 'owner/name', hiddenSize: 24 });
  });

  it('tells what the hub tells', async () => {
    const hub = { cacheDir: temporaryFolder(), offline: true };
    await expect(loadModel('owner/name', { hub })).rejects.toMatchObject({
      code: 'not-found',
      details: { reason: 'offline' },
    });
  });

  it.each(['name', './owner/name', '/owner/name', 'a/b/c', 'owner/name.onnx/'])(
    'takes %s for a local path alone',
    async (model) => {
      const request = (): Promise<never> => Promise.reject(new Error('a request was made'));
      await expect(loadModel(model, { hub: { fetch: request } })).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining(model),
      });
    },
  );
});
