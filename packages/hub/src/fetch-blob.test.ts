import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { COMMIT, hubFixture, ID, repositoryFiles } from '../test/hub-fixture.js';
import { lfsFile, type Fault } from './testing/hub-server.js';
import { fetchBlob } from './fetch-blob.js';
import type { HubConnection } from './hub-connection.js';

const hub = hubFixture();
afterEach(() => vi.restoreAllMocks());
const path = 'onnx/model.onnx';
const file = { path, size: 300_000, etag: repositoryFiles()[path]!.etag };
const content = Buffer.concat([...repositoryFiles()[path]!.bytes(0)]);
const blobs = (): string => join(hub.cacheDir, 'blobs');
const partial = (): string => join(blobs(), `${file.etag}.sakejs.incomplete`);
const fromCdn = () => hub.server.served.filter(({ at }) => at === 'cdn');

function fetchIt(more: Partial<HubConnection> = {}, onBytes: (here: number) => void = () => undefined) {
  const connection: HubConnection = {
    endpoint: hub.server.endpoint,
    token: undefined,
    fetch,
    signal: undefined,
    retries: 2,
    backoffMilliseconds: 1,
    timeoutMilliseconds: 20_000,
    ...more,
  };
  const url = `${hub.server.endpoint}/${ID}/resolve/${COMMIT}/${path}`;
  return fetchBlob(connection, { url, file, blobs: blobs(), about: `${path} of ${ID}`, onBytes });
}

/** Faults of the first, second … answer with the file's content. */
function onCdn(...faults: (Fault | undefined)[]): void {
  hub.server.fault = ({ at, index }) => (at === 'cdn' ? faults[index] : undefined);
}

function leave(bytes: Uint8Array): void {
  mkdirSync(blobs(), { recursive: true });
  writeFileSync(partial(), bytes);
}

function expectWhole(): void {
  expect(readdirSync(blobs())).toEqual([file.etag]);
  expect(readFileSync(join(blobs(), file.etag)).equals(content)).toBe(true);
}

describe('fetchBlob', () => {
  it('goes on where a connection broke, with a range request', async () => {
    onCdn({ cutAfter: 131_072 });
    expect(await fetchIt()).toBe(join(blobs(), file.etag));
    const [first, second] = fromCdn();
    const start = Number(/^bytes=(\d+)-$/.exec(second!.range!)![1]);
    expect(first).toMatchObject({ range: undefined, status: 200, bytes: 131_072 });
    expect(start).toBeGreaterThan(0);
    expect(second).toMatchObject({ status: 206, bytes: file.size - start });
    expect(start).toBeLessThanOrEqual(131_072);
    expectWhole();
  });

  it.each<[string, Fault]>([
    ['ends early without saying so', { endAfter: 100_000 }],
    ['stalls', { stallAfter: 100_000 }],
  ])('goes on where a body %s', async (_, fault) => {
    onCdn(fault);
    await fetchIt({ timeoutMilliseconds: 1_500 });
    expect(fromCdn().map(({ range }) => range)).toContain('bytes=100000-');
    expectWhole();
  });

  it('bears any number of breaks that bring it on', async () => {
    hub.server.fault = ({ at }) => (at === 'cdn' ? { cutAfter: 40_000 } : undefined);
    await fetchIt({ retries: 1 });
    // Seven of 40,000 bytes each; the eighth, with the rest, may not have ended yet.
    expect(fromCdn().length).toBeGreaterThanOrEqual(7);
    expectWhole();
  });

  it('gives up after breaks that do not, and keeps what came', async () => {
    onCdn({ cutAfter: 100_000 }, { cutAfter: 0 }, { cutAfter: 0 });
    await expect(fetchIt()).rejects.toMatchObject({ code: 'io', details: { reason: 'network' } });
    expect(fromCdn().length).toBe(3);
    expect(readFileSync(partial()).equals(content.subarray(0, 100_000))).toBe(true);
    expect(readdirSync(blobs())).toEqual([`${file.etag}.sakejs.incomplete`]);
  });

  it('goes on from what an earlier run left, asking for the rest alone', async () => {
    leave(content.subarray(0, 250_000));
    const here: number[] = [];
    await fetchIt({}, (bytes) => here.push(bytes));
    expect(fromCdn()).toMatchObject([{ range: 'bytes=250000-', status: 206, bytes: 50_000 }]);
    expect([here[0], here.at(-1)]).toEqual([250_000, 300_000]);
    expectWhole();
  });

  it('asks for nothing when all of it was left', async () => {
    leave(content);
    await fetchIt();
    expect(hub.server.served).toEqual([]);
    expectWhole();
  });

  it('starts over where the server ignores ranges', async () => {
    leave(content.subarray(0, 250_000));
    onCdn({ ignoreRange: true });
    await fetchIt();
    expect(fromCdn()).toMatchObject([{ status: 200, bytes: 300_000 }]);
    expectWhole();
  });

  it('starts over, once, when what was left was spoilt or too long', async () => {
    for (const left of [Buffer.alloc(200_000), Buffer.concat([content, content])]) {
      leave(left);
      await fetchIt();
      expectWhole();
      writeFileSync(join(blobs(), file.etag), ''); // as if it were not there
    }
  });

  it('refuses other content than the hub says, and does not keep it', async () => {
    onCdn({ spoil: true });
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'invalid-file',
      details: { reason: 'checksum', etag: file.etag },
    });
    expect(readdirSync(blobs())).toEqual([]);
  });

  it('refuses more bytes than the hub says', async () => {
    const long = { ...lfsFile(400_000, 1), etag: file.etag };
    hub.server.commit(ID, COMMIT, repositoryFiles({ [path]: long }));
    await expect(fetchIt()).rejects.toMatchObject({ code: 'invalid-file', details: { reason: 'answer' } });
  });

  it('says that the disk is full, and goes on from there later', async () => {
    const handle = await open(join(hub.cacheDir, 'probe'), 'w');
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const write = prototype.write as (...args: unknown[]) => Promise<unknown>;
    let written = 0;
    vi.spyOn(prototype, 'write').mockImplementation(async function (this: unknown, ...args: unknown[]) {
      if (written >= 100_000)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      written += (args[0] as Uint8Array).length;
      return write.apply(this, args);
    } as typeof prototype.write);
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'io',
      details: { reason: 'disk-full', system: 'ENOSPC' },
    });
    vi.restoreAllMocks();
    expect(readFileSync(partial()).length).toBe(written);
    await fetchIt();
    expect(fromCdn().at(-1)!.range).toBe(`bytes=${written}-`);
    expectWhole();
  });

  it('names a folder that cannot be written', async () => {
    writeFileSync(blobs(), 'a file where the folder should be');
    await expect(fetchIt()).rejects.toMatchObject({ code: 'io', details: { reason: 'disk' } });
  });

  it('stops at an abort and goes on from there later', async () => {
    const controller = new AbortController();
    const aborted = fetchIt({ signal: controller.signal }, (here) => {
      if (here > 100_000) controller.abort(new Error('a reason that may hold anything'));
    });
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    expect(readdirSync(blobs())).toEqual([`${file.etag}.sakejs.incomplete`]);
    await fetchIt();
    expect(fromCdn().at(-1)).toMatchObject({ status: 206 });
    expectWhole();
  });

  it('downloads once for many at the same time', async () => {
    await Promise.all(Array.from({ length: 4 }, () => fetchIt()));
    expect(fromCdn().length).toBe(1);
    expectWhole();
  });

  it('takes over from a process that died', async () => {
    leave(content.subarray(0, 100_000));
    const lock = join(blobs(), `${file.etag}.sakejs.lock`);
    writeFileSync(lock, 'of the dead');
    utimesSync(lock, new Date(0), new Date(0));
    await fetchIt({ lockStaleMilliseconds: 50 });
    expect(fromCdn()).toMatchObject([{ range: 'bytes=100000-' }]);
    expect(existsSync(lock)).toBe(false);
    expectWhole();
  });

  it("leaves another library's partial file alone", async () => {
    mkdirSync(blobs(), { recursive: true });
    const foreign = join(blobs(), `${file.etag}.incomplete`);
    writeFileSync(foreign, 'foreign');
    await fetchIt();
    expect(readFileSync(foreign, 'utf8')).toBe('foreign');
    expect(readFileSync(join(blobs(), file.etag)).equals(content)).toBe(true);
  });
});
