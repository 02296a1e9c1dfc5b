import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveModel } from '../src/index.js';
import { COMMIT, hubFixture, ID, repositoryFiles } from './hub-fixture.js';
import { lfsFile } from '../src/testing/hub-server.js';

const hub = hubFixture();
const MEGABYTE = 2 ** 20;

it(
  'memory does not grow with the file: 128 MB take less than 64 MB more, the server in this process included',
  { timeout: 600_000 },
  async () => {
    const size = 128 * MEGABYTE;
    const path = 'onnx/model.onnx';
    await resolveModel(ID, hub.options()); // what the code itself takes
    hub.server.commit('owner/large', COMMIT, repositoryFiles({ [path]: lfsFile(size, 9) }));
    const before = process.memoryUsage.rss();
    let most = before;
    let next = 0;
    const { folder } = await resolveModel(
      'owner/large',
      hub.options({
        onProgress: ({ bytes }) => {
          if (bytes < next) return;
          next = bytes + MEGABYTE;
          most = Math.max(most, process.memoryUsage.rss());
        },
      }),
    );
    expect(statSync(join(folder, path)).size).toBe(size);
    expect((most - before) / MEGABYTE).toBeLessThan(64);
  },
);
