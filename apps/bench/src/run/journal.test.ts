import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { bench, capitalRecord, temporaryFolder } from '../../test/bench.js';
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

const KILLS = 10;
/** Edits that a process learns before it halts: ten processes cannot learn all of them, so that each is there to be killed. */
const FITS = 2;
const states =
  'France Japan Peru Chile Egypt Kenya Ghana Spain Italy Greece Norway Sweden Poland Austria Hungary Cuba Nepal Laos Iran Iraq Oman Qatar'.split(
    ' ',
  );

/** A mapper of one's own that adds a half, and halts for good after so many fits where the environment says so. */
const haltingMapper = `
const most = Number(process.env.SAKE_BENCH_TEST_FITS ?? Infinity);
let fits = 0;
const map = (dim) => ({
  kind: 'halting', dim, settings: {},
  apply: (activation) => activation.map((value) => value + 0.5),
  toTensors: () => ({ kind: 'halting', version: 1, tensors: {}, meta: { dim } }),
});
export default {
  kind: 'halting',
  fit: async ({ source }) => {
    if (++fits > most) await new Promise(() => setInterval(() => undefined, 1e6));
    return map(source.cols);
  },
};
export const loader = { kind: 'halting', version: 1, module: './own.mjs', load: ({ meta }) => map(meta.dim) };
`;

/** Bytes of a file, 0 where it is not there yet. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

describe('sake-bench run --journal', () => {
  it(
    'gives the table of an uninterrupted run after ten kills, each once the journal has grown',
    { timeout: 600_000 },
    async () => {
      const folder = temporaryFolder();
      const [mapper, records] = [join(folder, 'own.mjs'), join(folder, 'records.json')];
      writeFileSync(mapper, haltingMapper);
      writeFileSync(
        records,
        JSON.stringify(states.map((state, at) => capitalRecord(at, [state, 'Paris', 'Rome']))),
      );
      const argv = [
        ...[
          'run',
          '--model',
          tiny.model,
          '--records',
          records,
          '--methods',
          'none,sake-paper',
          '--mapper',
          mapper,
        ],
        ...['--count', '10', '--threads', '1', '--protocol', 'paper,strict', '--queries', '--json', '-'],
      ];
      const whole = await bench(...argv);
      const journal = join(folder, 'journal');
      const file = join(journal, 'journal.jsonl');
      const random = createRandom('kill -9');
      for (let turn = 0; turn < KILLS; turn++) {
        const before = sizeOf(file);
        const { child, ran } = startBench([...argv, '--journal', journal], {
          SAKE_BENCH_TEST_FITS: String(FITS),
        });
        const ended = ran.then(() => true);
        while (sizeOf(file) <= before && !(await Promise.race([ended, sleep(2, false)]))); // It grows, or the command ends.
        await sleep(60 * random.next());
        child.kill('SIGKILL');
        const { status, err } = await ran;
        expect([turn, status, err]).toEqual([turn, -1, expect.anything()]);
        expect(sizeOf(file)).toBeGreaterThan(before);
      }
      const { status, out } = await bench(...argv, '--journal', journal);
      expect(status).toBe(0);
      expect(withoutTimes(out)).toEqual(withoutTimes(whole.out));
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      // A line for the journal itself; one method learns, two are asked under two protocols: no unit is there twice.
      expect(lines).toHaveLength(1 + states.length * (1 + 2 * 2));
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
