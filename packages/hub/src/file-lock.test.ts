import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireFileLock } from './file-lock.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sakejs-lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));
const path = (): string => join(folder, 'deep', 'lock');
const settled = (): Promise<boolean> => Promise.resolve(false);

describe('acquireFileLock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    const most: number[] = [];
    const work = async (): Promise<void> => {
      const lock = await acquireFileLock(path(), { settled });
      most.push(++inside);
      await sleep(5);
      inside--;
      await lock!.release();
    };
    await Promise.all(Array.from({ length: 6 }, work));
    expect(most).toEqual([1, 1, 1, 1, 1, 1]);
    expect(readdirSync(join(folder, 'deep'))).toEqual([]);
  });

  it('needs none once the matter is settled', async () => {
    const lock = await acquireFileLock(path(), { settled });
    let asked = 0;
    const second = await acquireFileLock(path(), { settled: () => Promise.resolve(++asked > 2) });
    expect(second).toBe(undefined);
    await lock!.release();
  });

  it('takes a lock over that nobody keeps fresh, however old or new it is', async () => {
    const first = await acquireFileLock(path(), { settled });
    await first!.release();
    writeFileSync(path(), 'of the dead');
    const started = performance.now();
    const lock = await acquireFileLock(path(), { settled, staleMilliseconds: 60 });
    expect(performance.now() - started).toBeGreaterThan(55);
    expect(readFileSync(path(), 'utf8')).not.toBe('of the dead');
    await lock!.release();
    expect(readdirSync(join(folder, 'deep'))).toEqual([]);
  });

  it('keeps its own fresh', async () => {
    const lock = await acquireFileLock(path(), { settled, staleMilliseconds: 500 });
    const touched = new Set<number>();
    await vi.waitFor(() => expect(touched.add(statSync(path()).mtimeMs).size).toBeGreaterThan(2), 20_000);
    await lock!.release();
  });

  it("leaves another holder's lock in place", async () => {
    const lock = await acquireFileLock(path(), { settled });
    writeFileSync(path(), 'of another');
    await lock!.release();
    expect(existsSync(path())).toBe(true);
  });

  it('stops waiting at an abort', async () => {
    const lock = await acquireFileLock(path(), { settled });
    const controller = new AbortController();
    const waiting = acquireFileLock(path(), { settled, signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    await lock!.release();
  });

  it('names a folder that cannot be made', async () => {
    writeFileSync(join(folder, 'deep'), 'a file');
    await expect(acquireFileLock(path(), { settled })).rejects.toMatchObject({ code: 'io' });
  });
});
