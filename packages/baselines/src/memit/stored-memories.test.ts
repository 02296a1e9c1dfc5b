import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { Memory, MemoryKey } from './memorise.js';
import { memitSettings } from './memit-settings.js';
import { storedMemories } from './stored-memories.js';

const key = (object: string, change: Partial<MemoryKey> = {}): MemoryKey => ({
  association: { subject: 'Cairo', prompt: '{} is in', object },
  settings: memitSettings({ layers: [1, 2], momentWeight: 50 }),
  ...{ seed: 0, model: 'm', ...change },
});

const memory = (value: number): Memory => ({
  target: Float64Array.of(value, 1 / 3, -1e-12),
  contexts: [{ tokens: [3, 1, 2], subject: 1 }],
  steps: [{ loss: 2.5, nll: 2.25, kl: 0.125, decay: 0.5 }],
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'memories-')));
  return folders.at(-1)!;
}

const none = (): Promise<Memory> => Promise.reject(new Error('made again'));

describe('storedMemories', () => {
  it('finds what another store of the folder made, exactly', async () => {
    const directory = join(folder(), 'new');
    const made = await storedMemories(directory).get(key('Peru'), async () => memory(7));
    expect(made).toEqual(memory(7));
    expect(await storedMemories(directory).get(key('Peru'), none)).toEqual(memory(7));
  });

  it('makes one for each object, seed, model and last block, and one for all of λ and the blocks below', async () => {
    const directory = folder();
    const others = [
      key('Chad'),
      key('Peru', { seed: 1 }),
      key('Peru', { model: 'n' }),
      key('Peru', { settings: memitSettings({ layers: [1], momentWeight: 50 }) }),
    ];
    const all = [key('Peru'), ...others];
    for (const [at, each] of all.entries()) await storedMemories(directory).get(each, async () => memory(at));
    for (const [at, each] of all.entries())
      expect((await storedMemories(directory).get(each, none)).target[0]).toBe(at);
    const same = key('Peru', { settings: memitSettings({ layers: [2], momentWeight: 5 }) });
    expect((await storedMemories(directory).get(same, none)).target[0]).toBe(0);
  });

  it.each(['', '{', '{"format":"sakejs.memory.1","target":[1]}', '{"format":"another"}'])(
    'counts a damaged file as none and writes it again: %s',
    async (text) => {
      const directory = folder();
      await storedMemories(directory).get(key('Peru'), async () => memory(1));
      const [name] = readdirSync(directory);
      writeFileSync(join(directory, name!), text);
      expect(await storedMemories(directory).get(key('Peru'), async () => memory(2))).toEqual(memory(2));
      expect(await storedMemories(directory).get(key('Peru'), none)).toEqual(memory(2));
    },
  );

  it('keeps no failure, and tells of a folder that it cannot write', async () => {
    const directory = folder();
    const store = storedMemories(directory);
    await expect(store.get(key('Peru'), none)).rejects.toThrow('made again');
    expect((await store.get(key('Peru'), async () => memory(1))).target[0]).toBe(1);
    const file = join(directory, readdirSync(directory)[0]!);
    const error = await expectCode(
      () => storedMemories(join(file, 'below')).get(key('Peru'), async () => memory(1)),
      'io',
    );
    expect(error.message).toContain('storedMemories');
  });
});
