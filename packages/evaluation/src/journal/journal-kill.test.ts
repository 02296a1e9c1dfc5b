import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type Json } from '@sakejs/spec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from './journal.js';
import { unitKey } from './unit-key.js';

const UNITS = 1500;
const KILLS = 10;
/** Mostly short values, and now and then one of 200 kB, whose write takes long enough to be torn. */
const valueOf = (at: number): Json => ({ at, text: String(at % 10).repeat(at % 17 === 0 ? 200_000 : 50) });

/** Puts what is missing, in order; writes a dot behind each. */
const worker = `
  const { openJournal } = await import(${JSON.stringify(new URL('./journal.ts', import.meta.url).href)});
  const { unitKey } = await import(${JSON.stringify(new URL('./unit-key.ts', import.meta.url).href)});
  const valueOf = ${valueOf.toString()};
  const journal = await openJournal(process.argv[1], { identity: 'test' });
  for (let at = 0; at < ${UNITS}; at++)
    if (!journal.has(unitKey(at))) {
      await journal.put(unitKey(at), valueOf(at));
      process.stdout.write('.');
    }
  await journal.close();
`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-kill-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('a journal whose process is killed', () => {
  it(
    'keeps a prefix of the units at ten random moments, and ends as without a kill',
    { timeout: 600_000 },
    async () => {
      const directory = join(root, 'killed');
      const random = createRandom('kill');
      let done = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const child = spawn(
          process.execPath,
          ['--conditions=@sakejs/source', '--import', 'tsx', '--input-type=module', '-e', worker, directory],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        );
        const exit = once(child, 'exit');
        // At least one unit a life, however slow the machine is, then a moment that falls anywhere in a unit.
        for (let left = 1 + random.integer(40); left > 0 && child.exitCode === null;) {
          const [dots] = (await Promise.race([once(child.stdout, 'data'), exit])) as [Buffer];
          left -= dots.length;
        }
        await new Promise((resolve) => setTimeout(resolve, random.next() * 20));
        child.kill('SIGKILL');
        expect(await exit).toEqual([null, 'SIGKILL']);
        await using journal = await openJournal(directory, { identity: 'test' });
        expect(journal.size).toBeGreaterThanOrEqual(done);
        expect(journal.repaired?.damaged ?? []).toEqual([]);
        done = journal.size;
        expect([...journal.keys()]).toEqual(Array.from({ length: done }, (_, at) => unitKey(at)));
        for (let at = 0; at < done; at++) expect(journal.get(unitKey(at))).toEqual(valueOf(at));
      }
      const finish = async (folder: string): Promise<Buffer> => {
        await using journal = await openJournal(folder, { identity: 'test', sync: 'batch' });
        const all = Array.from({ length: UNITS }, (_, at) => journal.put(unitKey(at), valueOf(at)));
        await Promise.all(all);
        return readFile(journal.file);
      };
      expect(done).toBeGreaterThan(0);
      expect((await finish(directory)).equals(await finish(join(root, 'uninterrupted')))).toBe(true);
    },
  );
});
