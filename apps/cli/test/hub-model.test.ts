import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitFile, lfsContent, startHubServer, type Content, type HubServer } from '@sakejs/hub/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder, type Ran } from './sake.js';
import { spawnSake } from './spawn-sake.js';

const COMMIT = 'c'.repeat(40);
const TOKEN = 'hf_TokenThatMustNotLeak';

const from = (path: string): string => fileURLToPath(new URL(`../../../packages/${path}`, import.meta.url));
const companions = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'];
/** A real export with external data, and what lies beside it. */
const sources: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    companions.map((name) => [name, from(`activations/test/fixtures/qwen2-optimum/${name}`)]),
  ),
  'onnx/model.onnx': from('onnx/test/fixtures/qwen2-dynamo.onnx'),
  'onnx/model.onnx.data': from('activations/test/fixtures/qwen2-external/model.onnx.data'),
};

/** A gated hub with that model as `owner/name`; the environment points to it, to an empty cache, and holds its token. */
async function gatedHub(): Promise<{ readonly server: HubServer; readonly repository: string }> {
  const server = await startHubServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const files = Object.entries(sources).map(([name, path]): [string, Content] => [
    name,
    name.startsWith('onnx/') ? lfsContent(readFileSync(path)) : gitFile(readFileSync(path, 'utf8')),
  ]);
  server.commit('owner/name', COMMIT, Object.fromEntries(files));
  server.gate('owner/name', TOKEN);
  const home = temporaryFolder();
  const environment = { HF_ENDPOINT: server.endpoint, HF_HOME: home, HF_TOKEN: TOKEN };
  const without = ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'];
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  for (const name of [...without, 'HF_HUB_DISABLE_IMPLICIT_TOKEN']) vi.stubEnv(name, '');
  onTestFinished(() => void vi.unstubAllEnvs());
  return { server, repository: join(home, 'hub', 'models--owner--name') };
}

/** The command as a process of its own, in a folder of its own. */
async function sakeAlone(...argv: readonly string[]): Promise<Ran> {
  const ran = await spawnSake(temporaryFolder(), argv);
  expect(ran.out + ran.err).not.toContain(TOKEN);
  return ran;
}

const generate = (model: string): Promise<Ran> =>
  sakeAlone('generate', 'w5 w9 w60', '--plain', '--model', model, '--max-tokens', '6', '--threads', '1');

describe('sake on a gated hub id with external data', { timeout: 180_000 }, () => {
  it('inspects and generates over links into blobs, as from a folder, and never shows the token', async () => {
    const { server, repository } = await gatedHub();
    const inspected = await sakeAlone('inspect', 'owner/name', '--json');
    expect([inspected.status, inspected.err]).toEqual([0, expect.stringMatching(/^downloading /)]);
    expect(JSON.parse(inspected.out)).toMatchObject({
      family: 'qwen2',
      files: ['onnx/model.onnx', 'onnx/model.onnx.data'],
      steerable: true,
    });

    const snapshot = join(repository, 'snapshots', COMMIT);
    const placed = readdirSync(snapshot, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(snapshot, join(entry.parentPath, entry.name)));
    expect(placed.sort()).toEqual(Object.keys(sources).sort());
    for (const name of placed) {
      expect(lstatSync(join(snapshot, name)).isSymbolicLink()).toBe(true);
      expect(realpathSync(join(snapshot, name)).startsWith(realpathSync(join(repository, 'blobs')))).toBe(
        true,
      );
    }

    const folder = temporaryFolder();
    mkdirSync(join(folder, 'onnx'));
    for (const [name, path] of Object.entries(sources)) copyFileSync(path, join(folder, name));
    const local = await generate(folder);
    const served = server.served.length;
    const cached = await generate('owner/name');
    expect([cached.status, cached.out]).toEqual([0, local.out]);
    expect(cached.out).toMatch(/^w5 w9 w60./);
    expect(server.served.slice(served).filter(({ path }) => path.includes('/resolve/'))).toEqual([]);

    const asked = server.served.map(({ at, authorization }) => [at, authorization]);
    expect(asked.filter(([at]) => at === 'hub').every(([, token]) => token === `Bearer ${TOKEN}`)).toBe(true);
    expect(asked.filter(([at]) => at === 'cdn').map(([, token]) => token)).toEqual([undefined, undefined]);
  });

  it('says that a token is wrong without showing it', async () => {
    const { server } = await gatedHub();
    server.gate('owner/name', 'hf_another');
    const { status, out, err } = await sakeAlone(
      'generate',
      'w5',
      '--plain',
      '--model',
      'owner/name',
      '--json',
    );
    expect(status).not.toBe(0);
    expect(err).toMatch(/^error: .*owner\/name.*HF_TOKEN/);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'io', details: { reason: 'gated' } } });
  });
});
