import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, SakeError } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './journal.js';
import { unitKey } from './unit-key.js';

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-journal-'));
  directory = join(root, 'runs', 'first');
});
afterEach(() => rm(root, { recursive: true }));
const file = (): string => join(directory, 'journal.jsonl');
const lock = (): string => join(directory, 'journal.lock');

describe('openJournal', () => {
  it('finds what was put, exactly, when it is opened again', async () => {
    const values: Json[] = [null, -0, 0.1, 'Zürich\n\u2028', [1, { b: [], a: {} }], 'x'.repeat(700_000)];
    {
      await using journal = await openJournal(directory);
      for (const [at, value] of values.entries()) await journal.put(unitKey(at), value);
      expect(journal.get(unitKey(5))).toBe(values[5]);
    }
    await using journal = await openJournal(directory);
    expect(journal.size).toBe(values.length);
    expect(journal.repaired).toBeUndefined();
    expect([...journal.keys()]).toEqual(values.map((_, at) => unitKey(at)));
    for (const [at, value] of values.entries()) expect(journal.get(unitKey(at))).toEqual(value);
    expect(journal.has('other')).toBe(false);
    expect(journal.get('other')).toBeUndefined();
  });

  it('takes keys of any characters and keeps no file open for others', async () => {
    const keys = ['a"b\\', '\n', 'ключ', '__proto__', '\u0000'.repeat(512)];
    await using journal = await openJournal(directory);
    await Promise.all(keys.map((key, at) => journal.put(key, at)));
    await journal.close();
    await using again = await openJournal(directory);
    expect(keys.map((key) => again.get(key))).toEqual([0, 1, 2, 3, 4]);
    expect((await readdir(directory)).sort()).toEqual(['journal.jsonl', 'journal.lock']);
    await expectCode(() => again.put('', 1), 'invalid-input');
    await expectCode(() => again.put('x'.repeat(513), 1), 'invalid-input');
  });

  it('writes the same bytes for many puts at once, flushed one by one or together', async () => {
    const values = Array.from({ length: 20 }, (_, at) => ({ at }));
    const write = async (sync: 'always' | 'batch'): Promise<string> => {
      const folder = join(root, sync);
      await using journal = await openJournal(folder, { sync });
      await Promise.all(values.map((value, at) => journal.put(`unit ${at}`, value)));
      expect(journal.get('unit 7')).toEqual({ at: 7 });
      return readFile(journal.file, 'utf8');
    };
    expect(await write('batch')).toBe(await write('always'));
  });

  it('writes one line a unit that any reader of JSON lines understands', async () => {
    await using journal = await openJournal(directory, { identity: { model: 'm' } });
    await journal.put('k', { b: 1, a: 2 });
    const lines = (await readFile(file(), 'utf8')).split('\n').slice(0, -1);
    const [header, unit] = lines.map((line) => JSON.parse(line) as Record<string, Json>);
    expect(header).toMatchObject({ version: 1, sequence: 0, value: { identity: { model: 'm' } } });
    expect(unit).toMatchObject({ version: 1, sequence: 1, previous: header!['sum'], key: 'k' });
    expect(unit!['value']).toEqual({ a: 2, b: 1 });
  });

  it('keeps a value once, and refuses another for the same key', async () => {
    await using journal = await openJournal(directory);
    await Promise.all([journal.put('k', { a: 1, b: 2 }), journal.put('k', { b: 2, a: 1 })]);
    const { size } = await stat(file());
    await journal.put('k', { a: 1, b: 2 });
    expect((await stat(file())).size).toBe(size);
    const error = await expectCode(() => journal.put('k', { a: 1 }), 'already-exists');
    expect(error.message).toContain('"k"');
    await expectCode(() => Promise.all([journal.put('new', 1), journal.put('new', 2)]), 'already-exists');
    expect(journal.get('k')).toEqual({ a: 1, b: 2 });
  });

  it('refuses values that JSON cannot hold and goes on', async () => {
    await using journal = await openJournal(directory);
    await expectCode(() => journal.put('k', { a: NaN }), 'invalid-input');
    await journal.put('k', 1);
    expect(journal.get('k')).toBe(1);
  });

  it('refuses a journal of another identity and says what differs', async () => {
    const identity = { model: { sha256: 'aa', id: 'm' }, versions: ['1'] };
    await (await openJournal(directory, { identity })).close();
    const other = { model: { sha256: 'bb', id: 'm' }, versions: ['1'], seed: 0 };
    const error = (await expectCode(
      () => openJournal(directory, { identity: other }),
      'invalid-input',
    )) as SakeError;
    expect(error.message).toContain('model.sha256 "bb", got "aa"');
    expect(error.message).toContain('seed 0, got nothing');
    expect(error.details['differences']).toEqual([
      { path: 'model.sha256', expected: 'bb', got: 'aa' },
      { path: 'seed', expected: 0, got: undefined },
    ]);
    await (await openJournal(directory, { identity: { versions: ['1'], model: identity.model } })).close();
    await (await openJournal(directory)).close();
  });

  it('refuses a second opening while one lasts, naming its process', async () => {
    await using journal = await openJournal(directory);
    const error = (await expectCode(() => openJournal(directory), 'already-exists')) as SakeError;
    expect(error.message).toContain(`pid ${process.pid}`);
    expect(error.details['pid']).toBe(process.pid);
    await journal.close();
    await expectCode(() => journal.get('k'), 'invalid-input');
    await expectCode(() => journal.put('k', 1), 'invalid-input');
    await (await openJournal(directory)).close();
  });

  it('refuses while another process has it open, and takes over when that one is gone', async () => {
    await (await openJournal(directory)).close();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const holder = { pid: child.pid, host: hostname(), token: '0123456789ab' };
    await writeFile(lock(), JSON.stringify(holder));
    const error = await expectCode(() => openJournal(directory), 'already-exists');
    expect(error.message).toContain(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const opened = await Promise.allSettled([1, 2, 3, 4].map(() => openJournal(directory)));
    const winners = opened.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await winners[0]!.value.close();
    expect((await readdir(directory)).sort()).toEqual(['journal.jsonl']);
  });

  it('takes over the lock of an earlier process of the same id, and one that names nobody', async () => {
    await (await openJournal(directory)).close();
    const stale = [
      ...(process.platform === 'linux'
        ? [JSON.stringify({ pid: process.pid, host: hostname(), started: '1', token: '0123456789ab' })]
        : []),
      '',
      '{"pid":',
      'null',
    ];
    for (const text of stale) {
      await writeFile(lock(), text);
      await (await openJournal(directory)).close();
    }
  });

  it('does not judge whether processes of other machines live', async () => {
    await (await openJournal(directory)).close();
    await writeFile(lock(), JSON.stringify({ pid: 1, host: 'elsewhere', token: '0123456789ab' }));
    const error = await expectCode(() => openJournal(directory), 'already-exists');
    expect(error.message).toContain('host "elsewhere"');
  });

  it('refuses to go on behind what something else wrote or removed', async () => {
    const journal = await openJournal(directory);
    await journal.put('a', 1);
    await writeFile(file(), 'x', { flag: 'a' });
    await expectCode(() => journal.put('b', 2), 'io');
    await expectCode(() => journal.put('c', 3), 'io');
    expect(journal.has('b')).toBe(false);
    await journal.close();
    const again = await openJournal(directory);
    expect(again.repaired).toEqual({ truncatedBytes: 1, damaged: [], kept: 1 });
    await rm(file());
    const error = await expectCode(() => again.put('b', 2), 'io');
    expect(error.message).toContain('removed');
    await again.close();
  });

  it('tells a value that was changed after it was opened', async () => {
    await using journal = await openJournal(directory);
    await journal.put('a', 'quick');
    await writeFile(file(), (await readFile(file(), 'utf8')).replace('quick', 'quack'));
    await expectCode(() => journal.get('a'), 'invalid-file');
  });

  it('says io for a folder that cannot be made', async () => {
    await writeFile(join(root, 'file'), '');
    await expectCode(() => openJournal(join(root, 'file')), 'io');
  });
});
