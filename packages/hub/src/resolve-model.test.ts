import { createHash } from 'node:crypto';
import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMIT, hubFixture, ID, repositoryFiles } from '../test/hub-fixture.js';
import { gitFile, lfsFile } from './testing/hub-server.js';
import { planDownload, resolveModel, type DownloadPlan, type DownloadProgress } from './index.js';

const hub = hubFixture();
const folderOfId = (): string => join(hub.cacheDir, 'models--owner--name');
const served = (path: string): number => hub.server.served.filter((each) => each.path.includes(path)).length;

describe('resolveModel', () => {
  it('gives a snapshot with what the model needs, and nothing else', async () => {
    const model = await resolveModel(ID, hub.options());
    expect(model).toEqual({
      id: ID,
      revision: 'main',
      commit: COMMIT,
      from: 'hub',
      folder: join(folderOfId(), 'snapshots', COMMIT),
      entry: 'onnx/model.onnx',
      files: [
        'config.json',
        'generation_config.json',
        'tokenizer.json',
        'tokenizer_config.json',
        'onnx/model.onnx',
      ],
    });
    expect(readdirSync(model.folder).sort()).toEqual(
      ['config.json', 'generation_config.json', 'onnx', 'tokenizer.json', 'tokenizer_config.json'].sort(),
    );
    expect(readdirSync(join(model.folder, 'onnx'))).toEqual(['model.onnx']);
    expect(readFileSync(join(model.folder, 'config.json'), 'utf8')).toBe('{"model_type":"gpt2"}');
    expect(hub.server.served.filter(({ path }) => /README|q4|safetensors/.test(path))).toEqual([]);
  });

  it('lays the cache out as the other libraries do', async () => {
    const { folder } = await resolveModel(ID, hub.options());
    const { etag, size } = repositoryFiles()['onnx/model.onnx']!;
    const graph = join(folder, 'onnx', 'model.onnx');
    expect(lstatSync(graph).isSymbolicLink()).toBe(true);
    expect(readlinkSync(graph)).toBe(join('..', '..', '..', 'blobs', etag));
    expect(readlinkSync(join(folder, 'config.json'))).toBe(
      join('..', '..', 'blobs', repositoryFiles()['config.json']!.etag),
    );
    const content = readFileSync(graph);
    expect(content.length).toBe(size);
    expect(createHash('sha256').update(content).digest('hex')).toBe(etag);
    expect(readFileSync(join(folderOfId(), 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(readdirSync(folderOfId()).sort()).toEqual(['blobs', 'refs', 'snapshots']);
    expect(readdirSync(join(folderOfId(), 'blobs')).every((name) => /^[0-9a-f]{40,64}$/.test(name))).toBe(
      true,
    );
  });

  it('downloads nothing twice', async () => {
    await resolveModel(ID, hub.options());
    const before = hub.server.served.length;
    const plans: DownloadPlan[] = [];
    await resolveModel(ID, hub.options({ onPlan: (plan) => plans.push(plan) }));
    expect(plans[0]!.missingBytes).toBe(0);
    expect(hub.server.served.slice(before).map(({ path }) => path)).toEqual([
      `/api/models/${ID}/revision/main`,
      `/api/models/${ID}/tree/${COMMIT}`,
    ]);
  });

  it('brings the external data of the chosen precision, and the graph last', async () => {
    const { entry, files, folder } = await resolveModel(ID, hub.options({ dtype: 'q4' }));
    expect(entry).toBe('onnx/model_q4.onnx');
    expect(files.slice(-2)).toEqual(['onnx/model_q4.onnx_data', 'onnx/model_q4.onnx']);
    expect(readdirSync(join(folder, 'onnx'))).toEqual(['model_q4.onnx', 'model_q4.onnx_data']);
  });

  it('takes the graph that genai_config.json names, online and from the cache', async () => {
    const genai = { model: { type: 'gpt2', decoder: { filename: 'text.onnx' } } };
    hub.server.commit(
      ID,
      COMMIT,
      repositoryFiles({
        'genai_config.json': gitFile(JSON.stringify(genai)),
        'text.onnx': lfsFile(5_000, 7),
        'text.onnx.data': lfsFile(6_000, 8),
      }),
    );
    const plan = await planDownload(ID, hub.options());
    expect(plan.entry).toBe('text.onnx');
    expect(plan.files.filter(({ cachedBytes }) => cachedBytes > 0).map(({ path }) => path)).toEqual([
      'genai_config.json',
    ]);
    const { files } = await resolveModel(ID, hub.options());
    expect(files.slice(-2)).toEqual(['text.onnx.data', 'text.onnx']);
    expect(served('genai_config.json')).toBe(1);
    expect((await resolveModel(ID, hub.options({ offline: true }))).entry).toBe('text.onnx');
    expect((await planDownload(ID, hub.options({ dtype: 'fp32' }))).entry).toBe('onnx/model.onnx');
  });

  it.each([
    ['no JSON', '{', /genai_config\.json of owner\/name at main to hold JSON/],
    ['no path', '{"model":{"decoder":{"filename":3}}}', /decoder\.filename of .* to be a path, got 3/],
    ['too much', ' '.repeat(2 ** 20 + 1), /to be small, got 1048577 bytes/],
  ])('refuses a genai_config.json that says %s', async (_, text, message) => {
    hub.server.commit(ID, COMMIT, repositoryFiles({ 'genai_config.json': gitFile(text) }));
    await expect(resolveModel(ID, hub.options())).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(message),
      details: { reason: 'answer' },
    });
    expect((await planDownload(ID, hub.options({ dtype: 'q4' }))).entry).toBe('onnx/model_q4.onnx');
  });

  it('refuses a dtype that is none before it asks the hub', async () => {
    await expect(resolveModel(ID, hub.options({ dtype: 'q5' as 'q4' }))).rejects.toMatchObject({
      code: 'invalid-option',
    });
    expect(hub.server.served).toEqual([]);
  });

  it('brings a checkpoint where one is asked for', async () => {
    const { entry, files } = await resolveModel(ID, hub.options({ format: 'checkpoint' }));
    expect(entry).toBe('model.safetensors');
    expect(files.filter((path) => path.endsWith('.onnx'))).toEqual([]);
  });

  it('reads listings page by page', async () => {
    hub.server.pageSize = 3;
    const { files } = await resolveModel(ID, hub.options());
    expect(files).toContain('onnx/model.onnx');
    expect(served('/tree/')).toBe(4);
  });

  it('pins revisions: by tag, pull request, commit, in the id or beside it', async () => {
    const older = 'b'.repeat(40);
    hub.server.commit(ID, older, repositoryFiles({ 'config.json': gitFile('{"older":true}') }), [
      'v1',
      'refs/pr/1',
    ]);
    for (const [id, revision] of [
      [`${ID}@v1`, undefined],
      [ID, 'refs/pr/1'],
      [`${ID}@${older}`, undefined],
    ] as const) {
      const model = await resolveModel(id, hub.options(revision ? { revision } : {}));
      expect(model.commit).toBe(older);
      expect(readFileSync(join(model.folder, 'config.json'), 'utf8')).toBe('{"older":true}');
    }
    expect((await resolveModel(ID, hub.options())).commit).toBe(COMMIT);
    expect(readFileSync(join(folderOfId(), 'refs', 'v1'), 'utf8')).toBe(older);
    expect(readFileSync(join(folderOfId(), 'refs', 'refs', 'pr', '1'), 'utf8')).toBe(older);
    expect(readdirSync(join(folderOfId(), 'refs')).sort()).toEqual(['main', 'refs', 'v1']);
  });

  it('follows a branch that moves, and shares what did not change', async () => {
    await resolveModel(ID, hub.options());
    const newer = 'd'.repeat(40);
    hub.server.commit(ID, newer, repositoryFiles({ 'config.json': gitFile('{"newer":true}') }));
    const model = await resolveModel(ID, hub.options());
    expect(model.commit).toBe(newer);
    expect(hub.server.served.filter(({ at }) => at === 'cdn').length).toBe(1);
    expect(readFileSync(join(folderOfId(), 'refs', 'main'), 'utf8')).toBe(newer);
  });

  it('says what it will download before it does, and how far it is', async () => {
    const events: (DownloadPlan | DownloadProgress)[] = [];
    await resolveModel(ID, hub.options({ onPlan: (e) => events.push(e), onProgress: (e) => events.push(e) }));
    const [plan, ...progress] = events as [DownloadPlan, ...DownloadProgress[]];
    expect(plan.files.map(({ cachedBytes }) => cachedBytes)).toEqual([0, 0, 0, 0, 0]);
    expect(plan.totalBytes).toBe(plan.files.reduce((total, { size }) => total + size, 0));
    expect(plan.missingBytes).toBe(plan.totalBytes);
    const bytes = progress.map((each) => each.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect(progress.at(-1)).toEqual({
      path: 'onnx/model.onnx',
      bytes: plan.totalBytes,
      totalBytes: plan.totalBytes,
    });
  });

  it('takes an empty file', async () => {
    hub.server.commit(ID, COMMIT, repositoryFiles({ 'generation_config.json': gitFile('') }));
    const { folder } = await resolveModel(ID, hub.options());
    expect(readFileSync(join(folder, 'generation_config.json'), 'utf8')).toBe('');
  });

  it('mends a cache with a blob that was cut short or a link that leads nowhere', async () => {
    const { folder } = await resolveModel(ID, hub.options());
    const graph = realpathSync(join(folder, 'onnx/model.onnx'));
    writeFileSync(graph, 'short');
    rmSync(realpathSync(join(folder, 'config.json')));
    await resolveModel(ID, hub.options());
    expect(readFileSync(graph).length).toBe(300_000);
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toContain('gpt2');
  });

  it('takes file names that need escaping in a URL', async () => {
    hub.server.commit(ID, COMMIT, repositoryFiles({ 'a b/c#?%.txt': gitFile('odd') }));
    const { folder } = await resolveModel(ID, hub.options({ include: ['a b/c#?%.txt'] }));
    expect(readFileSync(join(folder, 'a b/c#?%.txt'), 'utf8')).toBe('odd');
  });

  it('refuses a download that the disk has no room for before it starts', async () => {
    const huge = { ...lfsFile(10), size: 2 ** 52 };
    hub.server.commit(ID, COMMIT, repositoryFiles({ 'onnx/model.onnx': huge }));
    await expect(resolveModel(ID, hub.options())).rejects.toMatchObject({
      code: 'io',
      details: { reason: 'disk-full', missingBytes: expect.any(Number), freeBytes: expect.any(Number) },
    });
    expect(served('/resolve/')).toBe(0);
  });
});

describe('planDownload', () => {
  it('gives files and bytes without downloading any', async () => {
    const plan = await planDownload(ID, hub.options({ dtype: 'q4' }));
    expect(plan).toMatchObject({ id: ID, commit: COMMIT, from: 'hub', entry: 'onnx/model_q4.onnx' });
    expect(plan.files.at(-1)).toEqual({ path: 'onnx/model_q4.onnx', size: 100_000, cachedBytes: 0 });
    expect(plan.missingBytes).toBeGreaterThan(600_000);
    expect(readdirSync(hub.cacheDir)).toEqual([]);
    expect(served('/resolve/')).toBe(0);
  });

  it('counts what is there', async () => {
    await resolveModel(ID, hub.options());
    const plan = await planDownload(ID, hub.options({ dtype: 'q4' }));
    expect(plan.missingBytes).toBe(600_000);
  });
});
