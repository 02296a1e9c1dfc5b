import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMIT, hubFixture, ID } from '../test/hub-fixture.js';
import { errorOf } from '../test/inspect-error.js';
import { planDownload, resolveModel, type ResolveOptions } from './index.js';

const hub = hubFixture();
const offline = (more: ResolveOptions = {}): ResolveOptions =>
  hub.options({ env: { HF_HOME: hub.cacheDir, HF_HUB_OFFLINE: '1' }, ...more });

describe('offline', () => {
  it('says which file is missing, where it looked and what forbids a download', async () => {
    const error = await errorOf(resolveModel(ID, offline({ dtype: 'q4' })));
    expect(error).toMatchObject({
      code: 'not-found',
      details: { reason: 'offline', because: 'HF_HUB_OFFLINE=1', cacheDir: hub.cacheDir },
    });
    for (const told of ['q4', `${ID} at main`, hub.cacheDir, 'HF_HUB_OFFLINE=1'])
      expect((error as Error).message).toContain(told);
    expect(hub.server.served).toEqual([]);
  });

  it('gives what the cache has, by branch and by commit, without a request', async () => {
    const online = await resolveModel(ID, hub.options());
    const before = hub.server.served.length;
    for (const id of [ID, `${ID}@${COMMIT}`]) {
      const cached = await resolveModel(id, offline());
      expect(cached).toMatchObject({
        commit: COMMIT,
        from: 'cache',
        folder: online.folder,
        entry: online.entry,
      });
      expect([...cached.files].sort()).toEqual([...online.files].sort());
    }
    expect((await planDownload(ID, offline())).missingBytes).toBe(0);
    expect(hub.server.served.length).toBe(before);
  });

  it.each<[string, ResolveOptions]>([
    ['another precision', { dtype: 'q4' }],
    ['a checkpoint', { format: 'checkpoint' }],
    ['another revision', { revision: 'v2' }],
    ['a further file', { include: ['README.md'] }],
  ])('refuses %s than the cache has', async (_, more) => {
    await resolveModel(ID, hub.options());
    await expect(resolveModel(ID, offline(more))).rejects.toMatchObject({ details: { reason: 'offline' } });
  });

  it('does not take a download that was cut off for a model', async () => {
    hub.server.fault = ({ at, path }) => (at === 'cdn' && path ? { cutAfter: 0 } : undefined);
    await errorOf(resolveModel(ID, hub.options({ retries: 0 })));
    expect(readdirSync(join(hub.cacheDir, 'models--owner--name', 'snapshots', COMMIT))).toContain(
      'config.json',
    );
    await expect(resolveModel(`${ID}@${COMMIT}`, offline())).rejects.toMatchObject({
      details: { reason: 'offline' },
    });
  });

  it('does not take links that lead nowhere for files', async () => {
    const { folder, entry } = await resolveModel(ID, hub.options());
    rmSync(join(folder, entry));
    symlinkSync('nowhere', join(folder, entry));
    await expect(resolveModel(ID, offline())).rejects.toMatchObject({ details: { reason: 'offline' } });
  });

  it('names the option where it was that', async () => {
    const error = await errorOf(resolveModel(ID, hub.options({ offline: true })));
    expect((error as Error).message).toContain('the option offline');
  });

  it('reads a cache that is not ours, real files and a ref with a line end included', async () => {
    const folder = join(hub.cacheDir, 'models--owner--name');
    mkdirSync(join(folder, 'refs'), { recursive: true });
    mkdirSync(join(folder, 'snapshots', COMMIT), { recursive: true });
    writeFileSync(join(folder, 'refs', 'main'), `${COMMIT}\n`);
    for (const name of ['config.json', 'model.onnx', 'README.md'])
      writeFileSync(join(folder, 'snapshots', COMMIT, name), name);
    const { files, entry } = await resolveModel(ID, offline());
    expect([...files, entry]).toEqual(['config.json', 'model.onnx', 'model.onnx']);
  });

  it('does not follow a ref that is no commit', async () => {
    const folder = join(hub.cacheDir, 'models--owner--name');
    mkdirSync(join(folder, 'refs'), { recursive: true });
    writeFileSync(join(folder, 'refs', 'main'), '../../../elsewhere');
    await expect(resolveModel(ID, offline())).rejects.toMatchObject({ details: { reason: 'offline' } });
  });
});

describe('a hub that does not answer', () => {
  const nobody = (): ResolveOptions => hub.options({ endpoint: 'http://127.0.0.1:1', retries: 0 });

  it('is made up for by the cache', async () => {
    await resolveModel(ID, hub.options());
    expect(await resolveModel(ID, nobody())).toMatchObject({ from: 'cache', commit: COMMIT });
    hub.server.fault = () => ({ status: 503 });
    expect(await resolveModel(ID, hub.options({ retries: 0 }))).toMatchObject({
      from: 'cache',
      commit: COMMIT,
    });
  });

  it('is told as such where the cache lacks a file', async () => {
    await resolveModel(ID, hub.options());
    await expect(resolveModel(ID, { ...nobody(), dtype: 'q4' })).rejects.toMatchObject({
      details: { reason: 'network' },
    });
  });

  it('is not the same as one that refuses', async () => {
    await resolveModel(ID, hub.options());
    hub.server.fault = () => ({ status: 404, headers: { 'x-error-code': 'RepoNotFound' } });
    await expect(resolveModel(ID, hub.options())).rejects.toMatchObject({
      details: { reason: 'repository' },
    });
  });
});
