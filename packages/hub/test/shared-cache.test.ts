import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { downloadFileToCacheDir, scanCacheDir, snapshotDownload } from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveModel } from '../src/index.js';
import { COMMIT, hubFixture, ID, repositoryFiles } from './hub-fixture.js';
import { gitFile } from '../src/testing/hub-server.js';

// `@huggingface/hub` writes the layout of the Python library, from which it is ported; unlike this package it prints.
const hub = hubFixture();
beforeEach(() => {
  vi.spyOn(console, 'debug').mockImplementation(() => undefined);
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());
const contents = (): string[] =>
  hub.server.served
    .filter(({ at, path }) => at === 'cdn' || path.includes('/resolve/'))
    .map(({ path }) => path);

describe('the cache', () => {
  it('that @huggingface/hub filled is used, online and offline, without a download', async () => {
    const { endpoint } = hub.server;
    const folder = await snapshotDownload({ repo: ID, hubUrl: endpoint, cacheDir: hub.cacheDir });
    const before = contents().length;
    for (const offline of [false, true])
      expect(await resolveModel(ID, hub.options({ offline }))).toMatchObject({ folder, commit: COMMIT });
    expect(contents().length).toBe(before);
  });

  it('that this package filled is used by @huggingface/hub without a download', async () => {
    const { folder, files } = await resolveModel(ID, hub.options());
    const before = contents().length;
    for (const path of files)
      expect(
        await downloadFileToCacheDir({ repo: ID, path, hubUrl: hub.server.endpoint, cacheDir: hub.cacheDir }),
      ).toBe(join(folder, path));
    expect(contents().length).toBe(before);
  });

  it('shares blobs between the two', async () => {
    const { folder } = await resolveModel(ID, hub.options());
    const before = contents().length;
    const newer = 'e'.repeat(40);
    hub.server.commit(ID, newer, repositoryFiles({ 'config.json': gitFile('{"newer":true}') }));
    const path = 'onnx/model.onnx';
    const theirs = await downloadFileToCacheDir({
      repo: ID,
      path,
      revision: newer,
      hubUrl: hub.server.endpoint,
      cacheDir: hub.cacheDir,
    });
    expect(realpathSync(theirs)).toBe(realpathSync(join(folder, path)));
    expect(contents().length).toBe(before);
    expect(readFileSync(theirs).length).toBe(300_000);
  });

  it('is scanned by @huggingface/hub without a complaint', async () => {
    await resolveModel(ID, hub.options());
    const { repos, warnings } = await scanCacheDir(hub.cacheDir);
    expect(warnings).toEqual([]);
    expect(repos).toMatchObject([
      { id: { name: ID, type: 'model' }, revisions: [{ commitOid: COMMIT, refs: ['main'] }] },
    ]);
  });
});
