import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, FRAME_BYTES } from './activation-frame.js';
import { createSegmentStore, type KeyedMatrix, type SegmentStore } from './activation-segments.js';

const key = (at: number): string => at.toString(16).padStart(64, '0');
const matrix = (at: number, cols = 8): KeyedMatrix => ({
  key: key(at),
  rows: 2,
  cols,
  data: Float32Array.from({ length: 2 * cols }, (_, i) => at + i / 3),
});
/** Bytes of one matrix on disk. */
const FRAME = FRAME_BYTES + 64;

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'sakejs-segments-')), 'activations');
});
afterEach(() => rm(join(directory, '..'), { recursive: true }));
const open = async (maxBytes = 2 ** 20): Promise<SegmentStore> => {
  const store = createSegmentStore(directory, maxBytes);
  await store.refresh();
  return store;
};
const files = async (): Promise<string[]> =>
  (await readdir(directory)).sort().map((name) => join(directory, name));
const heldBytes = async (): Promise<number> => {
  const sizes = (await files()).map(async (file) => (await stat(file)).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};
async function expectHeld(store: SegmentStore, at: number, cols?: number): Promise<void> {
  const { rows, data } = matrix(at, cols);
  expect(await store.read(key(at))).toEqual({ rows, cols: cols ?? 8, data });
}

describe('decodeFrame', () => {
  it('refuses a frame with any bit flipped, cut at any byte, or of another key', () => {
    const whole = encodeFrame(key(1), matrix(1));
    expect(decodeFrame(whole, key(1))!.data).toEqual(matrix(1).data);
    expect(decodeFrame(whole, key(2))).toBeUndefined();
    const wrong: number[] = [];
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (decodeFrame(bytes, key(1)) !== undefined) wrong.push(bit);
    }
    for (let length = 0; length < whole.length; length++)
      if (decodeFrame(whole.subarray(0, length), key(1)) !== undefined) wrong.push(length);
    expect(wrong).toEqual([]);
  });
});

describe('createSegmentStore', () => {
  it('gives back the very bits, to other openings too, NaN and -0 included', async () => {
    const store = await open();
    const data = new Float32Array(Uint32Array.of(0x7fc00001, 0x80000000, 1).buffer);
    await store.append([{ key: key(1), rows: 1, cols: 3, data }, matrix(2)]);
    const again = await open();
    for (const each of [store, again]) {
      const found = (await each.read(key(1)))!;
      expect(new Uint32Array(found.data.buffer)).toEqual(Uint32Array.of(0x7fc00001, 0x80000000, 1));
      await expectHeld(each, 2);
      expect(await each.read(key(3))).toBeUndefined();
    }
  });

  it('packs matrices into few files and finds them all again', async () => {
    const store = await open(2 ** 26);
    for (let from = 0; from < 1200; from += 300)
      await store.append(Array.from({ length: 300 }, (_, at) => matrix(from + at, (at % 7) * 40)));
    expect(await files()).toHaveLength(1);
    const again = await open(2 ** 26);
    for (let at = 0; at < 1200; at += 101) await expectHeld(again, at, ((at % 300) % 7) * 40);
  });

  it('drops whole files used least recently to stay within its bytes', async () => {
    const maxBytes = 32 * FRAME; // files of two matrices
    const store = await open(maxBytes);
    for (let at = 0; at < 32; at++) {
      await store.append([matrix(at)]);
      const newest = (await files()).at(-1)!;
      await utimes(newest, at + 1, at + 1);
    }
    expect(await files()).toHaveLength(16);
    const first = (await files())[0]!;
    await utimes(first, 1000, 1000);
    await store.append([matrix(32)]);
    expect(await heldBytes()).toBeLessThanOrEqual(maxBytes);
    const again = await open(maxBytes);
    await expectHeld(again, 32);
    expect((await files()).includes(first)).toBe(true);
    expect([...Array(33).keys()].filter((at) => again.has(key(at)))).toHaveLength(31);
    await store.append([matrix(100, 1000)]);
    expect(await store.read(key(100))).toBeUndefined();
  });

  it('takes a damaged matrix as missing, keeps those before it, and heals', async () => {
    await (await open()).append([matrix(1), matrix(2)]);
    const [file] = await files();
    const whole = await readFile(file!);
    for (const at of [0, 5, 20, 50, 61, 64, 127].map((inFrame) => FRAME + inFrame)) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << (at % 8);
      await writeFile(file!, bytes);
      const store = await open();
      expect(await store.read(key(2))).toBeUndefined();
      await expectHeld(store, 1);
      await store.append([matrix(2)]);
      await expectHeld(store, 2);
      await expectHeld(await open(), 2);
      for (const other of await files()) if (other !== file) await rm(other);
    }
  });

  it('finds the whole matrices of a file that was cut', async () => {
    await (await open()).append([matrix(1), matrix(2)]);
    const [file] = await files();
    for (let length = 2 * FRAME; length >= 0; length -= 16) {
      await truncate(file!, length);
      const store = await open();
      expect([1, 2].filter((at) => store.has(key(at)))).toEqual([1, 2].slice(0, Math.floor(length / FRAME)));
    }
  });

  it('sees what other stores add and drop', async () => {
    const [one, two] = [await open(), await open()];
    await one.append([matrix(1)]);
    expect(two.has(key(1))).toBe(false);
    await two.refresh();
    await expectHeld(two, 1);
    await one.append([matrix(2)]);
    await two.append([matrix(3)]);
    await expectHeld(two, 2);
    for (const file of await files()) await rm(file);
    expect(await one.read(key(1))).toBeUndefined();
    await two.refresh();
    expect(two.has(key(2))).toBe(false);
    await one.append([matrix(1)]);
    await expectHeld(one, 1);
  });

  it('leaves other files alone and says io for a folder that is none', async () => {
    await (await open()).append([matrix(1)]);
    await writeFile(join(directory, 'notes'), 'mine');
    const store = await open(FRAME);
    await store.append([matrix(2)]);
    expect(await readFile(join(directory, 'notes'), 'utf8')).toBe('mine');
    const wrong = createSegmentStore(join(directory, 'notes'), 1000);
    await expectCode(() => wrong.refresh(), 'io');
    await expectCode(() => wrong.append([matrix(1)]), 'io');
  });

  it(
    'shows whole matrices only while other processes write and drop files',
    { timeout: 600_000 },
    async () => {
      const writer = `
      const { createSegmentStore } = await import(${JSON.stringify(new URL('./activation-segments.ts', import.meta.url).href)});
      const key = ${key.toString()};
      const matrix = ${matrix.toString()};
      const store = createSegmentStore(process.argv[1], ${48 * FRAME});
      for (let at = 0; at < 300; at++) await store.append([matrix(at % 100)]);
    `;
      const flags = ['--conditions=@sakejs/source', '--import', 'tsx', '--input-type=module', '-e'];
      let running = 2;
      const codes = [1, 2].map(async () => {
        const child = spawn(process.execPath, [...flags, writer, directory], {
          stdio: ['ignore', 'inherit', 'inherit'],
        });
        const [code] = (await once(child, 'exit')) as [number];
        running--;
        return code;
      });
      const store = await open(48 * FRAME);
      let seen = 0;
      while (running > 0) {
        await store.refresh();
        for (let at = 0; at < 100; at += 9) {
          const found = await store.read(key(at));
          if (found === undefined) continue;
          expect(found.data).toEqual(matrix(at).data);
          seen++;
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(await Promise.all(codes)).toEqual([0, 0]);
      expect(seen).toBeGreaterThan(0);
      await store.append([matrix(500)]);
      expect(await heldBytes()).toBeLessThanOrEqual(48 * FRAME);
    },
  );
});
