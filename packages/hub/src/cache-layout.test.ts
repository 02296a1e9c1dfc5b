import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { link } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheLayout, fileSize, placeInSnapshot, readRef, writeRef } from './cache-layout.js';

let root: string;
let blob: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sakejs-cache-'));
  mkdirSync(join(root, 'blobs'));
  blob = join(root, 'blobs', 'etag');
  writeFileSync(blob, 'content');
  path = join(root, 'snapshots', 'commit', 'onnx', 'model.onnx');
});
afterEach(() => rmSync(root, { recursive: true }));
const refused = (): Promise<never> => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' }));

describe('placeInSnapshot', () => {
  it('links, in place of what was there, and leaves nothing else behind', async () => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'old');
    await placeInSnapshot(blob, path);
    expect(readlinkSync(path)).toBe(join('..', '..', '..', 'blobs', 'etag'));
    expect(readdirSync(join(path, '..'))).toEqual(['model.onnx']);
  });

  it('gives the file a second name where links need rights', async () => {
    await placeInSnapshot(blob, path, { symlink: refused, link });
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(statSync(path).ino).toBe(statSync(blob).ino);
  });

  it('copies where there are no links at all', async () => {
    await placeInSnapshot(blob, path, { symlink: refused, link: refused });
    expect(readFileSync(path, 'utf8')).toBe('content');
    expect(statSync(path).ino).not.toBe(statSync(blob).ino);
  });

  it('names a place that cannot be written', async () => {
    writeFileSync(join(root, 'snapshots'), 'a file');
    await expect(placeInSnapshot(blob, path)).rejects.toMatchObject({
      code: 'io',
      details: { reason: 'disk' },
    });
  });
});

describe('writeRef', () => {
  it('notes branches, with slashes too, and no commits', async () => {
    const layout = cacheLayout(root, 'owner/name');
    const commit = 'a'.repeat(40);
    for (const revision of ['main', 'refs/pr/1']) {
      expect(await readRef(layout, revision)).toBe(undefined);
      await writeRef(layout, revision, commit);
      expect(await readRef(layout, revision)).toBe(commit);
    }
    expect(readFileSync(join(root, 'models--owner--name', 'refs', 'main'), 'utf8')).toBe(commit);
    await writeRef(layout, 'main', 'b'.repeat(40));
    expect(await readRef(layout, 'main')).toBe('b'.repeat(40));
    await writeRef(layout, commit, commit);
    expect(readdirSync(join(root, 'models--owner--name', 'refs')).sort()).toEqual(['main', 'refs']);
  });
});

describe('fileSize', () => {
  it('knows files, and neither folders nor nothing', async () => {
    expect(await Promise.all([blob, root, join(root, 'none')].map(fileSize))).toEqual([
      7,
      undefined,
      undefined,
    ]);
  });
});
