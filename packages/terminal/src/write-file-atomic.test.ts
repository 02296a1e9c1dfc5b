import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWritable, writeFileAtomic } from './write-file-atomic.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sake-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('replaces a file and leaves nothing else behind', () => {
    const path = join(folder, 'a.json');
    writeFileAtomic(path, 'first');
    writeFileAtomic(path, 'second');
    expect(readFileSync(path, 'utf8')).toBe('second');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('names the path it could not write', () => {
    const path = join(folder, 'missing', 'a.json');
    expect(() => writeFileAtomic(path, 'x')).toThrow(new RegExp(`expected to write ${path}`));
  });
});

describe('checkWritable', () => {
  it('passes where a file can be written, whether or not it exists', () => {
    const path = join(folder, 'a.json');
    checkWritable(path);
    writeFileAtomic(path, 'x');
    checkWritable(path);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  it('refuses a missing folder, and a path that is one', () => {
    expect(() => checkWritable(join(folder, 'missing', 'a.json'))).toThrow(/expected to write .*missing/);
    expect(() => checkWritable(folder)).toThrow(/it is a folder/);
  });
});
