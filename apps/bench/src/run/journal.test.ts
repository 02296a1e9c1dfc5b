import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { startBench } from '../../test/spawn-bench.js';
import { tinyRun, withoutTimes } from '../../test/tiny-run.js';

const tiny = tinyRun();
const flags = (): string[] => [
  'run',
  ...tiny.flags,
  '--protocol',
  'paper,strict',
  '--queries',
  '--json',
  '-',
];

describe('sake-bench run --journal', () => {
  it(
    'gives the table of an uninterrupted run after ten kills at any moment',
    { timeout: 300_000 },
    async () => {
      const whole = await bench(...flags());
      const journal = temporaryFolder();
      const random = createRandom('kill -9');
      let killed = 0;
      for (let turn = 0; turn < 10; turn++) {
        const { child, ran } = startBench([...flags(), '--journal', journal]);
        const timer = setTimeout(() => child.kill('SIGKILL'), 300 + 2700 * random.next());
        const { status } = await ran;
        clearTimeout(timer);
        if (status !== 0) killed++;
      }
      const { status, out } = await bench(...flags(), '--journal', journal);
      expect(status).toBe(0);
      expect(withoutTimes(out)).toEqual(withoutTimes(whole.out));
      expect(killed).toBeGreaterThan(0);
      const lines = readFileSync(join(journal, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
      // A line for the journal itself; two methods learn three edits, three methods are asked under two protocols.
      expect(lines).toHaveLength(1 + 2 * 3 + 3 * 3 * 2);
    },
  );

  it('cuts a torn last line off, says so, and works its unit again', async () => {
    const journal = temporaryFolder();
    const whole = await bench(...flags(), '--journal', journal);
    const file = join(journal, 'journal.jsonl');
    appendFileSync(file, '{"torn');
    const { out, err } = await bench(...flags(), '--journal', journal);
    expect(err).toMatch(/journal was repaired: 6 bytes of a torn line/);
    expect(withoutTimes(out)).toEqual(withoutTimes(whole.out));
  });

  it('refuses a flipped bit with line and remedy, and goes on with --repair', async () => {
    const journal = temporaryFolder();
    const whole = await bench(...flags(), '--journal', journal);
    const file = join(journal, 'journal.jsonl');
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = bytes[middle]! ^ 1;
    writeFileSync(file, bytes);
    const refused = await bench(...flags(), '--journal', journal);
    expect(refused.status).toBe(3);
    expect(refused.out).toMatch(/journal\.jsonl.*repair/);
    const repaired = await bench(...flags(), '--journal', journal, '--repair');
    expect(repaired.status).toBe(0);
    expect(withoutTimes(repaired.out)).toEqual(withoutTimes(whole.out));
  });
});

describe('sake-bench run --workers', () => {
  it('gives the table of one process', { timeout: 120_000 }, async () => {
    const alone = await bench(...flags());
    const journal = temporaryFolder();
    const shared = await bench(...flags(), '--workers', '2', '--journal', journal);
    expect([shared.status, shared.err]).toEqual([0, '']);
    expect(withoutTimes(shared.out)).toEqual(withoutTimes(alone.out));
  });
});
