import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { hubFixture, ID, repositoryFiles } from './hub-fixture.js';

const hub = hubFixture();

it(
  'two processes that want the same model at the same time get it whole, downloaded once',
  { timeout: 180_000 },
  async () => {
    const script = fileURLToPath(new URL('download-in-child.ts', import.meta.url));
    const flags = ['--import', 'tsx', '--conditions=@sakejs/source', script];
    const run = promisify(execFile);
    // The content waits until both have read the listing, so that both come to want it.
    let listings = 0;
    let bothRead: () => void;
    const both = new Promise<void>((resolve) => (bothRead = resolve));
    hub.server.fault = async ({ at, path }) => {
      if (path.includes('/tree/') && ++listings === 2) bothRead();
      if (at === 'cdn') await both.then(() => sleep(1500));
      return undefined;
    };
    const children = [0, 1].map(() =>
      run(process.execPath, [...flags, hub.server.endpoint, hub.cacheDir, ID]),
    );
    const folders = (await Promise.all(children)).map(({ stdout }) => stdout);
    expect(folders[0]).toBe(folders[1]);
    const { etag } = repositoryFiles()['onnx/model.onnx']!;
    const graph = readFileSync(join(folders[0]!, 'onnx', 'model.onnx'));
    expect(createHash('sha256').update(graph).digest('hex')).toBe(etag);
    expect(
      readdirSync(join(hub.cacheDir, 'models--owner--name', 'blobs')).every(
        (name) => !name.includes('sakejs'),
      ),
    ).toBe(true);
    expect(hub.server.served.filter(({ at }) => at === 'cdn').length).toBe(1);
  },
);
